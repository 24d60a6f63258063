// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders are what it is about
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { writeCheckJson, writeCheckText } from '../src/cli/config-check-report.js';
import type { ConfigOutcome } from '../src/config/load-config.js';
import { formatPath, type Path } from '../src/config/path.js';
import { rootShape } from '../src/config/root-shape.js';
import { optionsOf } from '../src/config/shape.js';
import { createCipher } from '../src/config/values/cipher.js';
import { loadWritten, MANDATORY_ENV, type Written } from './support/config/load-written.js';
import { findMarks } from './support/secrets/find-marks.js';
import { createMarks, ODD_SIGNS } from './support/secrets/marks.js';
import { type SecretOption, secretOptions } from './support/secrets/secret-options.js';

// Secrets of the configuration (issue 5, section 3): each option that the schema calls secret, given in each way and with
// each mistake that is made around one. What is said of it holds no part of the secret.

const OPTIONS = secretOptions();
const CIPHER_KEY = 'key-of-these-tests';
const cipher = createCipher(CIPHER_KEY);

/** What somebody has written who means the option to hold the secret. */
type Giving = (option: SecretOption, secret: string) => Written | undefined;

const yaml =
  (write: (path: Path, secret: string) => string): Giving =>
  ({ path }, secret) => ({ yaml: write(path, secret) });

/** The option within its groups, a line each, with `raw` as its value as it stands. */
function lines(path: Path, raw: string): string {
  let text = '';
  let indent = 0;
  let dash = '';
  for (const segment of path) {
    if (segment === 0) dash = '- ';
    else {
      text += `${text === '' ? '' : '\n'}${' '.repeat(indent)}${dash}${segment}:`;
      indent += 2 + dash.length;
      dash = '';
    }
  }
  return dash === '' ? `${text} ${raw}\n` : `${text}\n${' '.repeat(indent)}- ${raw}\n`;
}

function nested(path: Path, value: unknown): unknown {
  return path.reduceRight((inner: unknown, segment) => (segment === 0 ? [inner] : { [segment]: inner }), value);
}

function variable(path: Path): string {
  return path.map((segment) => String(segment).replaceAll('-', '').toUpperCase()).join('_');
}

function inEnvironment(value: (secret: string) => string, suffix = ''): Giving {
  return ({ path, javaSwitch }, secret) =>
    javaSwitch ? undefined : { env: { [`${variable(path)}${suffix}`]: value(secret) } };
}

function atTwin(name: string, { path }: SecretOption): Path {
  return [...path.slice(0, typeof path.at(-1) === 'number' ? -2 : -1), name];
}

const twin =
  (file: string, content: (secret: string) => string): Giving =>
  (option, secret) =>
    option.twin === undefined
      ? undefined
      : { yaml: lines(atTwin(option.twin, option), file), files: { '/s/secret': content(secret) } };

const keyed = (written: Written, key = CIPHER_KEY): Written => ({
  ...written,
  args: [...(written.args ?? []), `--encrypt.key=${key}`],
});

/** Ways in which the option has the secret, and is shown as `<secret>`. */
const WAYS: Readonly<Record<string, Giving>> = {
  'a file': yaml((path, secret) => stringify(nested(path, secret))),
  'a flat name in a file': ({ name }, secret) => ({ yaml: `${JSON.stringify(name)}: ${JSON.stringify(secret)}\n` }),
  'the environment': inEnvironment((secret) => secret),
  'JSON in the environment': ({ path }, secret) => ({
    env: { SPRING_APPLICATION_JSON: JSON.stringify(nested(path, secret)) },
  }),
  'the command line': ({ name }, secret) => ({ args: [`--${name}=${secret}`] }),
  'a switch of Java': ({ name }, secret) => ({ args: [`-D${name}=${secret}`] }),
  'a switch of Java in the environment': ({ name }, secret) => ({
    env: { JAVA_OPTS: `-Xmx1g -D${name}=${secret.replace(/[\\ "'#]/g, 'x')}` },
  }),
  properties: ({ name }, secret) => ({
    args: ['--config.file=a.properties'],
    files: { '/work/a.properties': `${name}=${secret.replaceAll('\\', '\\\\')}\n` },
  }),
  'a file of its own': twin('/s/secret', (secret) => `${secret}\n`),
  'an encrypted file of its own': (option, secret) => {
    const written = twin('/s/secret', (text) => `{cipher}${cipher.encrypt(text)}`)(option, secret);
    return written && option.name !== 'encrypt.key' ? keyed(written) : undefined;
  },
  'a folder of files': ({ name }, secret) => ({
    args: ['--spring.config.import=configtree:/s/'],
    files: { [`/s/${name}`]: secret },
  }),
  'an encrypted text': ({ path, name }, secret) =>
    name === 'encrypt.key' ? undefined : keyed({ yaml: lines(path, `"{cipher}${cipher.encrypt(secret)}"`) }),
  'a placeholder': ({ path }, secret) => ({ yaml: lines(path, '"${HIDDEN_THERE}"'), env: { HIDDEN_THERE: secret } }),
  'a placeholder for credentials of a service': ({ path }, secret) => ({
    yaml: lines(path, '"${vcap.services.db.credentials.word}"'),
    env: { VCAP_SERVICES: JSON.stringify({ db: [{ name: 'db', credentials: { word: secret } }] }) },
  }),
};

/** Mistakes: as the value in YAML, right behind the option's name. */
const RAW: Readonly<Record<string, (secret: string) => string>> = {
  'a map': (secret) => `{inner: ${secret}}`,
  'a map in lines': (secret) => `\n            inner: ${secret}`,
  'a list': (secret) => `[${secret}, ${secret}]`,
  'a double quote not closed': (secret) => `"${secret}`,
  'a single quote not closed': (secret) => `'${secret}`,
  'an escape that there is not': (secret) => `"${secret}\\q"`,
  'words behind quotes': (secret) => `"x" ${secret}`,
  'a value that begins with @': (secret) => `@${secret}`,
  'a value that begins with `': (secret) => `\`${secret}`,
  'a value that begins with *': (secret) => `*${secret}`,
  'a value that begins with &': (secret) => `&${secret}`,
  'two values that begin with &': (secret) => `&${secret} &${secret} x`,
  'a value that begins with !': (secret) => `!${secret}`,
  'a value that begins with !!': (secret) => `!!${secret} x`,
  'a value that begins with %': (secret) => `\n%${secret}`,
  'a value that begins with {': (secret) => `{${secret}`,
  'a value that begins with }': (secret) => `}${secret}`,
  'a value that begins with [': (secret) => `[${secret}`,
  'a value that begins with ,': (secret) => `,${secret}`,
  'a value that begins with |': (secret) => `|${secret}`,
  'a value that begins with >': (secret) => `>${secret}`,
  'a value that begins with ?': (secret) => `? ${secret}`,
  'a value that begins with -': (secret) => `- ${secret}`,
  'a value that begins with #': (secret) => `#${secret}`,
  'a value with a colon and a blank': (secret) => `${secret}: ${secret}`,
  'a value that goes on, wrongly indented': (secret) => `x\n${secret}`,
  'a tab': (secret) => `x\n\t${secret}: y`,
  'a line break within': (secret) => `"${secret}\\n${secret}"`,
  'a control character within': (secret) => `"${secret}\\u0007${secret}"`,
  'a placeholder without a value': (secret) => `"\${${secret}}"`,
  'a piece that looks like a placeholder': (secret) => `"x\${${secret}}y"`,
  'placeholders in a circle': (secret) => `"\${A_SECRET:\${${secret}}}"`,
  'a cipher that is none': (secret) => `"{cipher}${secret}"`,
  'a cipher of another key': (secret) => `"{cipher}${createCipher('another').encrypt(secret)}"`,
  'a hash that is none': (secret) => `"{bcrypt}${secret}"`,
  'a hash of another kind': (secret) => `"{pbkdf2}${secret}"`,
  'a key that is none': (secret) => `"-----BEGIN PRIVATE KEY-----\\n${secret}\\n-----END PRIVATE KEY-----"`,
  'a name of a file': (secret) => `"file:${secret.replace('.', '/')}"`,
};

function withLast(path: Path, change: (last: string) => string): Path {
  const at = path.findLastIndex((segment) => typeof segment === 'string');
  return path.with(at, change(String(path[at])));
}

/** Mistakes of other kinds. */
const MISTAKES: Readonly<Record<string, Giving>> = {
  ...Object.fromEntries(
    Object.entries(RAW).map(([name, raw]) => [
      `in a file: ${name}`,
      (option: SecretOption, secret: string) => keyed({ yaml: lines(option.path, raw(secret)) }),
    ]),
  ),
  'a second value': yaml((path, secret) => `${lines(path, secret)}${lines(path, secret)}`),
  'a second value of the flat name': ({ path, name }, secret) => ({
    yaml: `${lines(path, secret)}"${name}": ${secret}\n`,
  }),
  'a name with a letter too many': yaml((path, secret) =>
    lines(
      withLast(path, (last) => `${last}x`),
      secret,
    ),
  ),
  'a name that is in no group': yaml((path, secret) => lines([path.findLast((each) => each !== 0) ?? ''], secret)),
  'a name in the wrong group': yaml((path, secret) => lines(['server', ...path], secret)),
  'an unknown name beside it': yaml((path, secret) => lines(path, `${secret}\nservre.prt: 1`)),
  'no colon': yaml((path, secret) => lines(path.slice(0, -1), `\n            ${path.at(-1)} ${secret}`)),
  'no blank behind the colon': yaml((path, secret) =>
    lines(path.slice(0, -1), `\n            ${path.at(-1)}:${secret}`),
  ),
  'the whole group as a text': yaml((path, secret) => lines(path.slice(0, 1), secret)),
  'the group around as a text': yaml((path, secret) => lines(path.slice(0, -1), secret)),
  'the secret in place of the name of its file': (option, secret) =>
    option.twin === undefined ? undefined : { yaml: lines(atTwin(option.twin, option), secret) },
  'the secret beside its file': (option, secret) =>
    option.twin === undefined
      ? undefined
      : {
          yaml: lines(option.path, secret) + lines(atTwin(option.twin, option), '/s/secret'),
          files: { '/s/secret': secret },
        },
  'a file that is not text': twin('/s/secret', (secret) => `\u0000${secret}\u0000\n${secret}`),
  'a cipher in a file that is none': twin('/s/secret', (secret) => `{cipher}${secret}`),
  'a placeholder in the environment': inEnvironment((secret) => `\${${secret}}`),
  'a cipher in the environment': inEnvironment((secret) => `{cipher}${secret}`),
  'a variable with a letter too many': inEnvironment((secret) => secret, 'X'),
  'a variable with an index too many': inEnvironment((secret) => secret, '_0_'),
  'broken JSON': ({ path }, secret) => ({
    env: { SPRING_APPLICATION_JSON: JSON.stringify(nested(path, secret)).replace(/"(?=[\]}]*$)/, '') },
  }),
  'JSON that is a text': (_, secret) => ({ env: { SPRING_APPLICATION_JSON: secret } }),
  'JSON with two values': ({ name }, secret) => ({
    env: { SPRING_APPLICATION_JSON: `{"${name}": "${secret}", "${name}": "${secret}"}` },
  }),
  'a quote not closed in JAVA_OPTS': ({ name }, secret) => ({ env: { JAVA_OPTS: `-D${name}="${secret}` } }),
  'a blank in JAVA_OPTS': ({ name }, secret) => ({ env: { JAVA_OPTS: `-D${name}= ${secret}` } }),
  'a switch without -D': ({ name }, secret) => ({ env: { JAVA_OPTS: `${name}=${secret}` } }),
  'a switch with a letter too many': ({ name }, secret) => ({ args: [`-D${name}x=${secret}`] }),
  'a switch with a colon': ({ name }, secret) => ({ args: [`-D${name}:${secret}`] }),
  'an argument with a letter too many': ({ name }, secret) => ({ args: [`--${name}x=${secret}`] }),
  'an argument with a colon': ({ name }, secret) => ({ args: [`--${name}:${secret}`] }),
  'an argument with one dash': ({ name }, secret) => ({ args: [`-${name}=${secret}`] }),
  'an argument without dashes': ({ name }, secret) => ({ args: [`${name}=${secret}`] }),
  'an argument in two words': ({ name }, secret) => ({ args: [`--${name}`, secret] }),
  'an argument said twice': ({ name }, secret) => ({ args: [`--${name}=${secret}`, `--${name}=${secret}x`] }),
  'a properties file with a broken escape': ({ name }, secret) => ({
    args: ['--config.file=a.properties'],
    files: { '/work/a.properties': `${name}=\\u${secret}\n${name}=${secret}\n` },
  }),
  'a properties file that goes on without a backslash': ({ name }, secret) => ({
    args: ['--config.file=a.properties'],
    files: { '/work/a.properties': `${name}=x\n${secret.replace('.', '\n')}==\n` },
  }),
  'services that are no JSON': ({ path }, secret) => ({
    yaml: lines(path, '"${vcap.services.db.credentials.word}"'),
    env: { VCAP_SERVICES: `{"db": [{"name": "db", "credentials": {"word": "${secret}}}]}` },
  }),
  'the option read where a number belongs': ({ path, name }, secret) => ({
    yaml: `${lines(path, secret)}`,
    args: [`--server.port=\${${name}}`, `--log.format=\${${name}}`, `--server.address=\${${name}}`],
  }),
  'the option read where a cipher key belongs': ({ path, name }, secret) => ({
    yaml: lines(path, secret),
    args: [`--encrypt.salt=\${${name}}`],
  }),
};

/** All that anybody may be shown of it. */
function shownOf(outcome: ConfigOutcome): readonly string[] {
  const everything = { depth: null, showHidden: true, maxStringLength: null, maxArrayLength: null } as const;
  const { watched: _, ...rest } = outcome;
  return [
    writeCheckText(outcome),
    writeCheckJson(outcome),
    inspect(rest, everything),
    JSON.stringify(rest),
    `${inspect(outcome.ok ? outcome.config : {}, everything)}${String(Object.values(outcome.ok ? outcome.config : {}))}`,
  ];
}

/** What has to be there anyhow, without the option itself. */
function around({ name, path }: SecretOption): Readonly<Record<string, string>> {
  if (path[0] === 'foundations') return {};
  const { CF_PASSWORD: _, ...others } = MANDATORY_ENV;
  return name === 'cf.password' ? others : MANDATORY_ENV;
}

async function load(option: SecretOption, written: Written): Promise<ConfigOutcome> {
  return await loadWritten({ ...written, env: { ...around(option), ...written.env } });
}

test('the schema has secrets', () => {
  expect(OPTIONS.map(({ name }) => name)).toContain('cf.password');
  expect(OPTIONS.length).toBeGreaterThan(35);
});

describe.each(Object.entries(WAYS))('given by %s', (_, give) => {
  test('each secret option has its value, and shows nothing of it', async () => {
    const marks = createMarks();
    const shown: string[] = [];
    const values: string[] = [];
    for (const option of OPTIONS) {
      const written = give(option, marks.make(option.name, ODD_SIGNS));
      if (written === undefined) continue;
      const outcome = await load(option, written);
      const value = outcome.effective.find(({ path }) => path === option.name)?.value;
      // The key of ciphers is used up before.
      if (value !== '<secret>' && option.path[0] !== 'encrypt') values.push(`${option.name} is ${value}`);
      shown.push(...shownOf(outcome));
    }
    expect(values).toEqual([]);
    expect(findMarks(shown, marks.all)).toEqual([]);
  });
});

/** One of each kind: mistakes are told by what reads the sources, which knows little of options. */
const KINDS = [
  ...new Map(OPTIONS.map((option) => [`${option.path[0] === 'encrypt'} ${option.path.at(-1)}`, option])).values(),
];

/** What is shown by intention: these options may name a file, and who looks for it is told its name. */
const NAMES_OF_FILES: Readonly<Record<string, readonly string[]>> = {
  'in a file: a name of a file': ['server.ssl.certificate-private-key'],
};

describe.each(Object.entries(MISTAKES))('the mistake: %s', (name, give) => {
  test('nothing of any secret is shown', async () => {
    const marks = createMarks();
    const shown: string[] = [];
    for (const option of KINDS) {
      if (NAMES_OF_FILES[name]?.includes(option.name)) continue;
      const written = give(option, marks.make(option.name));
      if (written !== undefined) shown.push(...shownOf(await load(option, written)));
    }
    expect(shown.length).toBeGreaterThan(0);
    expect(findMarks(shown, marks.all)).toEqual([]);
  });
});

const ADDRESSES = optionsOf(rootShape()).filter(({ leaf }) => leaf.address);

describe.each<[string, (secret: string) => string]>([
  ['a user and a password', (secret) => `https://u:${secret}@h.example.org:1/p`],
  ['a user and a password without scheme', (secret) => `u:${secret}@h.example.org`],
  ['a password with odd signs', (secret) => `https://u:${secret}${ODD_SIGNS}${secret}@h.example.org`],
  ['a password in a query', (secret) => `https://h.example.org/p?password=${secret}`],
])('an address with %s', (_, write) => {
  test('nothing of it is shown, whichever option has it', async () => {
    const marks = createMarks();
    const shown: string[] = [];
    for (const { path } of ADDRESSES) {
      const address = write(marks.make(formatPath(path)));
      const { CF_API_HOST: __, ...env } = MANDATORY_ENV;
      const args = [`--${formatPath(path)}=${address}`];
      for (const written of [
        { yaml: stringify(nested(path, address)), env },
        { args, env },
      ]) {
        shown.push(...shownOf(await loadWritten(written)));
      }
    }
    expect(shown.length).toBeGreaterThan(50);
    expect(findMarks(shown, marks.all)).toEqual([]);
  });
});

const WEB_FILES: Readonly<Record<string, (secret: string) => string>> = {
  'a password in place of its hash': (secret) => `basic_auth_users: {u: ${secret}}`,
  'a hash that is none': (secret) => `basic_auth_users: {u: "$2y$10$${secret}"}`,
  'a quote not closed': (secret) => `basic_auth_users:\n  u: "${secret}\n`,
  'an alias': (secret) => `basic_auth_users:\n  u: *${secret}\n`,
  'a list of users': (secret) => `basic_auth_users:\n  - u: ${secret}\n`,
  'users as a text': (secret) => `basic_auth_users: ${secret}`,
  'a user twice': (secret) => `basic_auth_users: {u: ${secret}, u: ${secret}}`,
  'a key that is none': (secret) => `tls_server_config: {cert: x, key: ${secret}}`,
  'a key in lines': (secret) => `tls_server_config: {cert_file: x, key: "a\\n${secret}"}`,
  'a name with a letter too many': (secret) => `basic_auth_userss: {u: ${secret}}`,
  'an unknown name in the group': (secret) => `tls_server_config: {key_password: ${secret}}`,
};

test.each(Object.entries(WEB_FILES))('the web config file with %s', async (_, write) => {
  const marks = createMarks();
  const files = { '/work/web.yml': write(marks.make('web')) };
  const outcome = await loadWritten({ args: ['--web.config.file=web.yml'], files });
  expect(outcome.ok).toBe(false);
  expect(findMarks(shownOf(outcome), marks.all)).toEqual([]);
});

test.each(['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY', 'http_proxy', 'NO_PROXY'])('a proxy of %s', async (name) => {
  const marks = createMarks();
  const shown: string[] = [];
  for (const write of [
    (secret: string) => `http://u:${secret}@h.example.org:1`,
    (secret: string) => `http://u:${secret}@`,
    (secret: string) => `socks5://u:${secret}@h`,
    (secret: string) => `u:${secret}@h`,
    (secret: string) => `http://u:${secret}%zz@h:99999`,
  ]) {
    const env = { ...MANDATORY_ENV, [name]: write(marks.make(name)) };
    shown.push(...shownOf(await loadWritten({ args: ['--promregator.proxyFromEnvironment=true'], env })));
  }
  expect(findMarks(shown, marks.all)).toEqual([]);
});
