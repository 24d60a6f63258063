import { loadCipher } from '../config/load-cipher.js';
import { formatProblem } from '../config/report.js';
import { CIPHER_PREFIX, type Cipher, type CipherFault } from '../config/values/cipher.js';
import { type Command, type CommandContext, EXIT_CONFIG, EXIT_FAILURE, EXIT_OK, EXIT_USAGE } from './command.js';
import { createFileInput } from './file-input.js';
import { readStdinText } from './stdin-text.js';

export const encrypt: Command = {
  usage: `promregator encrypt [--config.file=FILE]   < secret

  Encrypts the text on stdin for the configuration: prints {cipher} and hex digits, others each time.
${keyUsage()}`,
  run: (context) =>
    runOn(context, 'encrypt', (cipher, text) => ({ ok: true, text: `${CIPHER_PREFIX}${cipher.encrypt(text)}` })),
};

export const decrypt: Command = {
  usage: `promregator decrypt [--config.file=FILE]   < cipher

  Decrypts the text on stdin, with {cipher} in front or without, and prints what was encrypted.
${keyUsage()}`,
  run: (context) =>
    runOn(context, 'decrypt', (cipher, text) => {
      const written = text.trim();
      const hex = written.startsWith(CIPHER_PREFIX) ? written.slice(CIPHER_PREFIX.length) : written;
      const decrypted = cipher.decrypt(hex.trim());
      return decrypted.ok ? decrypted : { ok: false, reason: FAULTS[decrypted.fault] };
    }),
};

function keyUsage(): string {
  return `
  The key is ENCRYPT_KEY in the environment, the content of the file that ENCRYPT_KEY_FILE names (in /run/secrets
  unless the name is absolute), or encrypt.key of the configuration. One line break at the end of stdin is not part of
  the text. It is never taken from an argument, since arguments are seen by all users of a machine.
`;
}

const FAULTS: Readonly<Record<CipherFault, string>> = {
  no_hex_text: 'the text on stdin is no hex text',
  wrong_length: 'the text on stdin has a length that no encrypted text has: is some of it missing?',
  wrong_key: 'the key or its salt does not fit the text on stdin',
};

type Answer = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string };

type Work = (cipher: Cipher, text: string) => Answer;

async function runOn(context: CommandContext, name: string, work: Work): Promise<number> {
  const fail = (reason: string, code: number): number => {
    context.stderr.write(`promregator ${name}: ${reason}\n`);
    return code;
  };
  if (hasBareWord(context.args)) {
    return fail('the text is read from stdin; an argument could be seen by others, so none is taken', EXIT_USAGE);
  }
  const outcome = await loadCipher({ ...createFileInput(context), args: context.args, env: context.env });
  if (outcome.problems.length > 0) {
    for (const problem of outcome.problems) context.stderr.write(`error: ${formatProblem(problem)}\n`);
    return EXIT_CONFIG;
  }
  if (outcome.cipher === undefined) {
    return fail(
      'there is no key: set ENCRYPT_KEY or ENCRYPT_KEY_FILE, or encrypt.key in the configuration',
      EXIT_CONFIG,
    );
  }
  const text = await readStdinText(context.openStdin());
  if (text === undefined) return fail('the text on stdin is no UTF-8', EXIT_FAILURE);
  if (text === '') return fail('there is nothing on stdin', EXIT_USAGE);
  const answer = work(outcome.cipher, text);
  if (!answer.ok) return fail(answer.reason, EXIT_FAILURE);
  context.stdout.write(`${answer.text}\n`);
  return EXIT_OK;
}

/** Options that take the next word as their value, as the configuration's own reader has it. */
const TAKES_NEXT: readonly string[] = ['--config.file', '--web.config.file'];

function hasBareWord(args: readonly string[]): boolean {
  return args.some((word, at) => !word.startsWith('-') && !TAKES_NEXT.includes(args[at - 1] ?? ''));
}
