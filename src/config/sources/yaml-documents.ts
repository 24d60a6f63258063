import { Composer, type Document, Lexer, LineCounter, Parser, type YAMLParseError } from 'yaml';
import type { TextPlace } from '../origin.js';
import { explainYamlErrors } from './yaml-errors.js';
import type { YamlFault } from './yaml-fault.js';

/** What a text says as YAML, and where. */
export interface YamlText {
  /** Empty when there are faults. */
  readonly documents: readonly Document.Parsed[];
  readonly faults: readonly YamlFault[];
  /** Line and column of an offset in the text. */
  readonly placeOf: (offset: number) => Required<TextPlace>;
}

export const DEEPEST_NESTING = 64;

/** Nobody writes nearly as many by hand. */
const MOST_DOCUMENTS = 1000;

/** The document around, and the value that is being read. */
const BESIDE_NESTING = 2;

/** Words, signs and blanks, which cost memory each: the text's own size says little. */
const MOST_LEXEMES = 1_000_000;

class TooMuch extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/**
 * Never throws. Composing works by recursion, and a stack that is used up ends the process (a regular expression cannot
 * be compiled then, which V8 does not survive): so the depth is looked at before, in the parser's own stack.
 */
export function parseYaml(text: string): YamlText {
  const lines = new LineCounter();
  const placeOf = (offset: number): Required<TextPlace> => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const failed = (faults: readonly YamlFault[]): YamlText => ({ documents: [], faults, placeOf });
  try {
    const documents = compose(text, lines);
    const errors: readonly YAMLParseError[] = documents.flatMap((document) => document.errors);
    return errors.length > 0 ? failed(explainYamlErrors(text, errors, placeOf)) : { documents, faults: [], placeOf };
  } catch (cause) {
    if (cause instanceof TooMuch) {
      const said = { found: cause.message, expected: 'a configuration that a person wrote' };
      return failed([{ place: placeOf(cause.offset), text: said }]);
    }
    return failed([{ place: {}, text: { found: 'a text that the parser gave up on', expected: 'YAML' } }]);
  }
}

function compose(text: string, lines: LineCounter): readonly Document.Parsed[] {
  // Names are compared by whoever reads them, relaxed; the parser's own sentences quote the file, and with it secrets.
  const composer = new Composer({ uniqueKeys: false, prettyErrors: false, logLevel: 'error' });
  const documents: Document.Parsed[] = [];
  for (const document of composer.compose(tokensOf(text, lines))) {
    documents.push(document);
    if (documents.length > MOST_DOCUMENTS) {
      throw new TooMuch(`more than ${MOST_DOCUMENTS} documents`, document.range[0]);
    }
  }
  return documents;
}

function* tokensOf(text: string, lines: LineCounter): ReturnType<Parser['parse']> {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  let count = 0;
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    count += 1;
    if (count > MOST_LEXEMES) throw new TooMuch(`more than ${MOST_LEXEMES} words and signs`, parser.offset);
    if (parser.stack.length > DEEPEST_NESTING + BESIDE_NESTING) {
      throw new TooMuch(`values nested deeper than ${DEEPEST_NESTING}`, parser.offset);
    }
  }
  yield* parser.end();
}
