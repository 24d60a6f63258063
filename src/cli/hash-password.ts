import { hash, truncates } from 'bcryptjs';
import { type Command, type CommandContext, EXIT_FAILURE, EXIT_INTERRUPTED, EXIT_OK, EXIT_USAGE } from './command.js';
import { askHidden, terminalOf } from './password-prompt.js';
import { readStdinText } from './stdin-text.js';

const COST = { least: 4, usual: 10, most: 15 } as const;

export const hashPassword: Command = {
  usage: `promregator hash-password [--cost=${COST.usual}] < file-with-password

  Prints the bcrypt hash of the password on stdin: for promregator.authentication.basic.password and its like, and
  for basic_auth_users of a web config file. At a terminal it asks, and shows nothing. One line break at the end of
  stdin is not part of the password.

  --cost=N    each step doubles the time that a guess takes, and a sign-in; ${COST.least} to ${COST.most}, else ${COST.usual}
`,
  async run(context) {
    const cost = readCost(context.args);
    if (typeof cost === 'string') return fail(context, cost, EXIT_USAGE);
    const password = await readPassword(context);
    if (typeof password === 'number') return password;
    const reason = whyNot(password);
    if (reason !== undefined) return fail(context, reason, EXIT_USAGE);
    context.stdout.write(`${await hash(password, cost)}\n`);
    return EXIT_OK;
  },
};

function fail({ stderr }: CommandContext, reason: string, code: number): number {
  stderr.write(`promregator hash-password: ${reason}\n`);
  return code;
}

/** Or what is wrong with the arguments. They are never repeated: one of them may be the password. */
function readCost(args: readonly string[]): number | string {
  let cost: number = COST.usual;
  for (const argument of args) {
    const written = /^--cost=(.*)$/s.exec(argument)?.[1];
    if (written === undefined) {
      return 'there is no such argument; the password is read from stdin, since others could see it in an argument';
    }
    cost = /^\d{1,2}$/.test(written) ? Number(written) : Number.NaN;
    if (!(cost >= COST.least && cost <= COST.most))
      return `--cost is a whole number from ${COST.least} to ${COST.most}`;
  }
  return cost;
}

/** The password, or the exit code when there is none. */
async function readPassword(context: CommandContext): Promise<string | number> {
  const stdin = context.openStdin();
  const terminal = terminalOf(stdin);
  if (terminal === undefined) {
    return (await readStdinText(stdin)) ?? fail(context, 'the text on stdin is no UTF-8', EXIT_FAILURE);
  }
  const answers = await askHidden(terminal, context.stderr, ['Password: ', 'Once more: ']);
  if (answers === undefined) return EXIT_INTERRUPTED;
  const [password = '', again] = answers;
  return password === again ? password : fail(context, 'the two are not the same', EXIT_FAILURE);
}

/** Why nobody could sign in by it, or with less of it. */
function whyNot(password: string): string | undefined {
  if (password === '') return 'there is no password on stdin';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(password))
    return 'the password has a line break or another control character, which no client can send';
  return truncates(password) ? 'the password is longer than 72 bytes, and bcrypt would not see the rest' : undefined;
}
