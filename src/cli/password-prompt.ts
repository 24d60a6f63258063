import type { Input, Output } from './command.js';

/** Stdin where a person sits in front of it. */
export interface Terminal extends Input {
  /** Without it the terminal itself shows what is typed. */
  setRawMode(isRaw: boolean): unknown;
}

export function terminalOf(stdin: Input): Terminal | undefined {
  return isTerminal(stdin) ? stdin : undefined;
}

function isTerminal(stdin: Input): stdin is Terminal {
  return 'isTTY' in stdin && stdin.isTTY === true && 'setRawMode' in stdin && typeof stdin.setRawMode === 'function';
}

/** One answer for each prompt, none of them shown. Undefined when the person gave up by Ctrl-C. */
export async function askHidden(
  terminal: Terminal,
  output: Output,
  prompts: readonly string[],
): Promise<readonly string[] | undefined> {
  const keys = keysOf(terminal);
  const answers: string[] = [];
  terminal.setRawMode(true);
  try {
    for (const prompt of prompts) {
      output.write(prompt);
      const answer = await readLine(keys);
      output.write('\n');
      if (answer === undefined) return undefined;
      answers.push(answer);
    }
    return answers;
  } finally {
    terminal.setRawMode(false);
  }
}

const CTRL_C = '\u0003';
const CTRL_U = '\u0015';
const ENDS: ReadonlySet<string> = new Set(['\r', '\n', '\u0004']);
const ERASES: ReadonlySet<string> = new Set(['\b', '\u007f']);

async function readLine(keys: AsyncIterator<string>): Promise<string | undefined> {
  const line: string[] = [];
  for (let next = await keys.next(); !next.done; next = await keys.next()) {
    const key = next.value;
    if (key === CTRL_C) return undefined;
    if (ENDS.has(key)) break;
    if (ERASES.has(key)) line.pop();
    else if (key === CTRL_U) line.length = 0;
    else if (key >= ' ') line.push(key);
  }
  return line.join('');
}

/** Character by character. An arrow or another key that writes no character comes as Escape and some letters, all of them left out. */
async function* keysOf(terminal: Input): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  for await (const chunk of terminal) {
    const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: Escape is what it is about
    for (const key of text.replace(/\u001b(?:\[[\d;]*[A-Za-z~]|O[A-Za-z])?/g, '')) yield key;
  }
}
