import { Readable } from 'node:stream';
import { compareSync } from 'bcryptjs';
import { expect, test } from 'vitest';
import type { Input } from './command.js';
import { hashPassword } from './hash-password.js';

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function run(args: readonly string[], stdin: Input): Promise<Ran> {
  const written = { out: '', err: '' };
  const code = await hashPassword.run({
    args,
    env: {},
    cwd: '/',
    openStdin: () => stdin,
    stdout: { write: (text) => (written.out += text) },
    stderr: { write: (text) => (written.err += text) },
    onSignal: () => () => undefined,
    onReload: () => () => undefined,
  });
  return { code, ...written };
}

const piped = (...chunks: readonly (string | Buffer)[]): Input => Readable.from(chunks);

/** Keys as a terminal in raw mode sends them, and how often that mode was switched. */
function terminal(...keys: readonly string[]): Input & { readonly modes: readonly boolean[] } {
  const modes: boolean[] = [];
  return {
    isTTY: true,
    modes,
    setRawMode: (isRaw: boolean) => modes.push(isRaw),
    [Symbol.asyncIterator]: () => Readable.from(keys.map((text) => Buffer.from(text)))[Symbol.asyncIterator](),
  } as Input & { readonly modes: readonly boolean[] };
}

test.each<[string, readonly string[], readonly (string | Buffer)[], string, string]>([
  ['a line', ['--cost=4'], ['hunter2\n'], 'hunter2', '04'],
  ['no line break', ['--cost=4'], ['hunter2'], 'hunter2', '04'],
  ['the line break of Windows', ['--cost=4'], ['hunter2\r\n'], 'hunter2', '04'],
  ['blanks, which count', ['--cost=4'], [' hunter2 \n'], ' hunter2 ', '04'],
  ['a character cut in two', ['--cost=5'], [Buffer.from([0xc3]), Buffer.from([0xa4, 0x0a])], 'ä', '05'],
  ['72 bytes', ['--cost=4'], ['ä'.repeat(36)], 'ä'.repeat(36), '04'],
  ['the usual cost', [], ['hunter2\n'], 'hunter2', '10'],
])('the hash of %s', async (_, args, chunks, password, cost) => {
  const { code, out, err } = await run(args, piped(...chunks));
  expect([code, err]).toEqual([0, '']);
  expect(out).toMatch(new RegExp(`^\\$2b\\$${cost}\\$[./A-Za-z0-9]{53}\\n$`));
  expect(compareSync(password, out.trim())).toBe(true);
});

test('two hashes of one password differ', async () => {
  const [first, second] = await Promise.all(['a', 'a'].map((text) => run(['--cost=4'], piped(text))));
  expect(first?.out).not.toBe(second?.out);
});

test.each<[string, readonly string[], readonly (string | Buffer)[], number, RegExp]>([
  ['an argument', ['hunter2'], ['x'], 64, /read from stdin/],
  ['an option that is none', ['--password=hunter2'], ['x'], 64, /read from stdin/],
  ['a cost beyond the bounds', ['--cost=16'], ['x'], 64, /from 4 to 15/],
  ['a cost below them', ['--cost=3'], ['x'], 64, /from 4 to 15/],
  ['a cost that is none', ['--cost=hunter2'], ['x'], 64, /from 4 to 15/],
  ['an empty cost', ['--cost='], ['x'], 64, /from 4 to 15/],
  ['nothing', [], [], 64, /no password/],
  ['a line break alone', [], ['\n'], 64, /no password/],
  ['two lines', [], ['hunter2\nx\n'], 64, /line break/],
  ['73 bytes', [], [`hunter2${'ä'.repeat(33)}`], 64, /72 bytes/],
  ['what is no UTF-8', [], [Buffer.from([0xff])], 1, /no UTF-8/],
])('%s is refused, and not repeated', async (_, args, chunks, code, reason) => {
  const ran = await run(args, piped(...chunks));
  expect([ran.code, ran.out]).toEqual([code, '']);
  expect(ran.err).toMatch(reason);
  expect(ran.err).not.toContain('hunter2');
});

test.each<[string, readonly string[], string]>([
  ['typed twice', ['hun', 'ter2\r', 'hunter2\n'], 'hunter2'],
  ['in one chunk', ['hunter2\rhunter2\r'], 'hunter2'],
  ['with a mistake mended', ['hx\u007funter2\r', 'x\u0015hunter2\r'], 'hunter2'],
  ['with keys that write nothing', ['hunt\u001b[Der2\t\r', 'hunter2\u001bOP\r'], 'hunter2'],
  ['ended by Ctrl-D', ['hunter2\u0004', 'hunter2\u0004'], 'hunter2'],
])('at a terminal, %s', async (_, keys, password) => {
  const stdin = terminal(...keys);
  const { code, out, err } = await run(['--cost=4'], stdin);
  expect([code, err]).toEqual([0, 'Password: \nOnce more: \n']);
  expect(compareSync(password, out.trim())).toBe(true);
  expect(stdin.modes).toEqual([true, false]);
});

test.each<[string, readonly string[], number, RegExp]>([
  ['two that differ', ['hunter2\r', 'hunter3\r'], 1, /not the same/],
  ['giving up', ['hunter2\u0003'], 130, /^Password: \n$/],
  ['nothing', ['\r\r'], 64, /no password/],
])('at a terminal, %s gives no hash', async (_, keys, code, reason) => {
  const stdin = terminal(...keys);
  const ran = await run([], stdin);
  expect([ran.code, ran.out, stdin.modes]).toEqual([code, '', [true, false]]);
  expect(ran.err).toMatch(reason);
  expect(ran.err).not.toContain('hunter');
});
