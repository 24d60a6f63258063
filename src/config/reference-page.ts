import { FOREIGN_OPTIONS, type ForeignOption } from './foreign-options.js';
import { formatPath } from './path.js';
import { SECTIONS, type Section } from './reference-sections.js';
import { rootShape } from './root-shape.js';
import { type LeafShape, type LeafType, type Original, optionsOf } from './shape.js';

/**
 * docs/configuration.md with the parts between its marks made anew: every option out of the schema, and the options of
 * others that mean nothing here. What stands outside of the marks is written by hand.
 *
 * @throws {TypeError} when a mark is not there, or an option belongs to no section
 */
export function writeReferencePage(page: string): string {
  return replacePart(replacePart(page, 'options', writeOptions()), 'ignored', writeForeignOptions());
}

function replacePart(page: string, name: string, part: string): string {
  const begin = `<!-- ${name}: made by npm run reference -->\n`;
  const end = `<!-- end of ${name} -->\n`;
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new TypeError(`the page lacks the marks of ${name}`);
  return `${page.slice(0, from)}${begin}${part}${page.slice(to)}`;
}

interface Option {
  /** As people write it: `promregator.targets[].path`. */
  readonly name: string;
  readonly list: boolean;
  readonly leaf: LeafShape;
}

function writeOptions(): string {
  const options = optionsOf(rootShape()).map(({ path, leaf }): Option => {
    const name = formatPath(path).replaceAll('[0]', '[]');
    return { name: name.replace(/\[\]$/, ''), list: name.endsWith('[]'), leaf };
  });
  const bySection = new Map<Section, Option[]>(SECTIONS.map((section) => [section, []]));
  for (const option of options) bySection.get(sectionOf(option.name))?.push(option);
  return [...bySection].map(([section, members]) => writeSection(section, members)).join('');
}

/** The first whose pattern fits. */
function sectionOf(name: string): Section {
  const section = SECTIONS.find(({ members }) => members.test(name));
  if (section === undefined) throw new TypeError(`${name} belongs to no section of the reference page`);
  return section;
}

function writeSection({ title, text, shown }: Section, options: readonly Option[]): string {
  const blocks = options.filter(({ name }) => shown === undefined || shown.test(name)).map(writeOption);
  return `\n### ${title}\n\n${text === '' ? '' : `${text}\n\n`}${blocks.join('\n')}`;
}

/** A line with the name and what can be said in a few words, and under it the sentences. */
function writeOption({ name, list, leaf }: Option): string {
  const words = [typeOf(leaf, list), defaultOf(leaf)].filter((each) => each !== '');
  const description = (leaf.description ?? '').replaceAll('<', '\\<');
  return `**\`${name}\`** · ${words.join(' · ')}\\\n${description} _${originOf(leaf.original)}_\n`;
}

const VERSIONS: Readonly<Record<Original['versions'], string>> = {
  all: 'the original',
  '0.x': '0.x of the original',
  '1.x': '1.x of the original',
};

function originOf(original: Original | undefined): string {
  if (original === undefined) return 'New in 0.1.0.';
  const whose = VERSIONS[original.versions];
  return original.difference === undefined ? `As in ${whose}.` : `Differs from ${whose}: ${original.difference}`;
}

const UNITS = { ms: ' of milliseconds', s: ' of seconds', bytes: ' of bytes' } as const;

function typeOf({ type, unit, secret }: LeafShape, list: boolean): string {
  if (list) return secret ? 'list of secret texts' : 'list of texts';
  if (secret) return 'secret text';
  return `${typeWords(type)}${unit === undefined ? '' : UNITS[unit]}`;
}

/** Words that are understood and that nobody should be told to write. */
const HIDDEN_CHOICES: ReadonlySet<string> = new Set(['FALSE', 'null']);

function typeWords(type: LeafType): string {
  switch (type.kind) {
    case 'choice':
      return type.choices
        .filter((choice) => !HIDDEN_CHOICES.has(choice))
        .map((choice) => `\`${choice}\``)
        .join(', ');
    case 'number':
      return type.whole ? 'whole number' : 'number';
    case 'boolean':
      return 'true or false';
    case 'text':
      return 'text';
  }
}

function defaultOf({ schema, secret }: LeafShape): string {
  const outcome = schema.safeParse(undefined);
  if (secret || !outcome.success || outcome.data === undefined || outcome.data === '') return '';
  return `default \`${outcome.data}\``;
}

const FATES: Readonly<Record<ForeignOption['fate'], string>> = {
  ignored: 'Ignored, in one line at start that names them:',
  missing: 'Ignored with a warning each, since somebody may count on it:',
  refused: 'An error, since going on without it would change security or values:',
};

/** Options with one reason share a line. */
function writeForeignOptions(): string {
  return Object.entries(FATES)
    .map(([fate, sentence]) => {
      const byReason = new Map<string, string[]>();
      for (const option of FOREIGN_OPTIONS) {
        if (option.fate !== fate) continue;
        byReason.set(option.reason, [...(byReason.get(option.reason) ?? []), `\`${option.pattern}\``]);
      }
      const lines = [...byReason].map(([reason, names]) => `- ${names.join(', ')}: ${reason}\n`);
      return `\n${sentence}\n\n${lines.join('')}`;
    })
    .join('');
}
