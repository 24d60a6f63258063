/**
 * Makes up expressions and subjects for them. Each part of the grammar gives its text and a sample that it may match, so
 * that a good part of the subjects does match.
 */
export function generateCases(seed, count) {
  const random = randomFrom(seed);
  return Array.from({ length: count }, () => generateCase(random));
}

/** Mulberry32: numbers from 0 to below 1, the same ones for the same seed. */
function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const ALPHABET = [...'aaabbbABcC-_.1 9', 'é', 'É', '\n', '\r', '\u{1f600}', 'ß', 's', 'ſ', '\u0301'];

function generateCase(random) {
  const maker = { random, groups: 0, names: [], depth: 0, behind: 0 };
  const { text, sample } = choice(maker);
  const head =
    random() < 0.15
      ? pick(maker, ['(?i)', '(?s)', '(?m)', '(?x)', '(?d)', '(?u)', '(?U)', '(?iu)', '(?-i)', '(?sm)'])
      : '';
  const subjects = new Set([sample, mutate(maker, sample), mutate(maker, sample), swapCase(sample)]);
  while (subjects.size < 6) subjects.add(anyText(maker, 5));
  return { flag: pick(maker, ['name', 'name', 'route']), expression: head + text, subjects: [...subjects] };
}

function pick({ random }, values) {
  return values[Math.floor(random() * values.length)];
}

function chance({ random }, share) {
  return random() < share;
}

function anyText(maker, length) {
  return Array.from({ length: Math.floor(maker.random() * (length + 1)) }, () => pick(maker, ALPHABET)).join('');
}

function mutate(maker, text) {
  const points = [...text];
  const at = Math.floor(maker.random() * (points.length + 1));
  points.splice(at, chance(maker, 0.6) ? 1 : 0, ...(chance(maker, 0.7) ? [pick(maker, ALPHABET)] : []));
  return points.join('');
}

function swapCase(text) {
  return text.replace(/[a-z]|[A-Z]/g, (letter) => (letter < 'a' ? letter.toLowerCase() : letter.toUpperCase()));
}

function choice(maker) {
  const branches = [sequence(maker)];
  while (chance(maker, 0.2) && branches.length < 3)
    branches.push(chance(maker, 0.15) ? { text: '', sample: '' } : sequence(maker));
  return { text: branches.map(({ text }) => text).join('|'), sample: pick(maker, branches).sample };
}

function sequence(maker) {
  const items = Array.from({ length: 1 + Math.floor(maker.random() * 3) }, () => repeated(maker));
  return { text: items.map(({ text }) => text).join(''), sample: items.map(({ sample }) => sample).join('') };
}

const REPETITIONS = [
  ['*', 0],
  ['*', 3],
  ['+', 1],
  ['+', 2],
  ['?', 0],
  ['?', 1],
  ['{2}', 2],
  ['{0,2}', 1],
  ['{1,}', 2],
  ['{1,3}', 3],
  ['{0}', 0],
];

function repeated(maker) {
  const item = atom(maker);
  if (item.bare || !chance(maker, 0.35)) return item;
  const bounded = maker.behind > 0 ? REPETITIONS.filter(([text]) => /[?}]/.test(text) && text !== '{1,}') : REPETITIONS;
  const [text, times] = pick(maker, bounded);
  return { text: item.text + text + pick(maker, ['', '', '', '?', '+']), sample: item.sample.repeat(times) };
}

function atom(maker) {
  if (maker.depth < 3 && chance(maker, 0.35)) return group(maker);
  const kind = maker.random();
  if (kind < 0.35) return literal(maker);
  if (kind < 0.55) return characterClass(maker, 0);
  if (kind < 0.7) return escapeOutside(maker);
  if (kind < 0.78) return { text: '.', sample: pick(maker, ['a', 'B', '1']) };
  if (kind < 0.84) return { text: pick(maker, ['^', '$', '\\b', '\\B', '\\A', '\\z', '\\Z', '\\G']), sample: '' };
  if (kind < 0.88) return { text: '\\R', sample: pick(maker, ['\n', '\r\n', '\r']) };
  if (kind < 0.92)
    return { text: pick(maker, ['(?i)', '(?-i)', '(?s)', '(?x)', '(?-x)', '(?u)', '(?m)']), sample: '', bare: true };
  return reference(maker);
}

function literal(maker) {
  const character = pick(maker, ALPHABET);
  if (chance(maker, 0.1)) return { text: `\\Q${character}.\\E`, sample: `${character}.` };
  const text = /[.\-_]/.test(character) && chance(maker, 0.5) ? `\\${character}` : character;
  return { text, sample: character };
}

const ESCAPES = [
  ['\\d', '1'],
  ['\\D', 'a'],
  ['\\w', 'a'],
  ['\\W', '-'],
  ['\\s', ' '],
  ['\\S', 'b'],
  ['\\h', ' '],
  ['\\H', 'a'],
  ['\\v', '\n'],
  ['\\V', 'a'],
  ['\\p{Alpha}', 'a'],
  ['\\p{Lower}', 'a'],
  ['\\p{Upper}', 'A'],
  ['\\p{Lu}', 'A'],
  ['\\P{Lu}', 'a'],
  ['\\p{L}', 'é'],
  ['\\pL', 'b'],
  ['\\p{IsLatin}', 'é'],
  ['\\p{IsAlphabetic}', 'É'],
  ['\\p{javaLowerCase}', 'a'],
  ['\\p{Punct}', '.'],
  ['\\p{Alnum}', '9'],
  ['\\p{InBasicLatin}', 'c'],
  ['\\x41', 'A'],
  ['\\x{62}', 'b'],
  ['\\u0061', 'a'],
  ['\\0101', 'A'],
  ['\\t', '\t'],
];

function escapeOutside(maker) {
  const [text, sample] = pick(maker, ESCAPES);
  return { text, sample };
}

function characterClass(maker, level) {
  const items = Array.from({ length: 1 + Math.floor(maker.random() * 3) }, () => classItem(maker, level));
  const union = items.map(({ text }) => text).join('');
  const other = chance(maker, 0.15)
    ? `&&${pick(maker, ['[^b]', '[a-c]', 'a-c', '\\w', '[^\\d]', 'abA', '[a-z&&[^c]]'])}`
    : '';
  const negated = chance(maker, 0.2) ? '^' : '';
  return {
    text: `[${negated}${union}${other}]`,
    sample: negated === '' ? pick(maker, items).sample : pick(maker, ALPHABET),
  };
}

function classItem(maker, level) {
  const kind = maker.random();
  if (kind < 0.45) {
    const character = pick(maker, ALPHABET);
    return { text: character === '-' ? '\\-' : character, sample: character };
  }
  if (kind < 0.7) {
    const text = pick(maker, ['a-c', 'A-C', '0-9', 'a-zA-Z', 'Z-b', 'à-ý', '.-A', '\\x41-C', '_-a', 's-ſ']);
    return { text, sample: pick(maker, ['a', 'B', '1', 'é']) };
  }
  if (kind < 0.85 || level > 1) {
    const [text, sample] = pick(maker, ESCAPES);
    return { text, sample };
  }
  return characterClass(maker, level + 1);
}

const GROUPS = ['(', '(', '(', '(?:', '(?:', '(?>', '(?=', '(?!', '(?<=', '(?<!', '(?i:', '(?-i:', '(?<n', '(?s-i:'];

function group(maker) {
  const kind = pick(maker, GROUPS);
  const behind = kind.startsWith('(?<') && kind !== '(?<n' ? 1 : 0;
  if (kind === '(') maker.groups += 1;
  const name = `n${maker.names.length}`;
  if (kind === '(?<n') {
    maker.groups += 1;
    maker.names.push(name);
  }
  maker.depth += 1;
  maker.behind += behind;
  const { text, sample } = choice(maker);
  maker.behind -= behind;
  maker.depth -= 1;
  const isLook = /[=!]$/.test(kind);
  const start = kind === '(?<n' ? `(?<${name}>` : kind;
  return { text: `${start}${text})`, sample: isLook ? '' : sample };
}

function reference(maker) {
  if (maker.behind > 0) return { text: 'a', sample: 'a' };
  if (maker.names.length > 0 && chance(maker, 0.3)) return { text: `\\k<${pick(maker, maker.names)}>`, sample: 'a' };
  return { text: `\\${1 + Math.floor(maker.random() * Math.max(1, maker.groups))}`, sample: 'a' };
}
