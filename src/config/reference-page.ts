import { formatPath } from './path.js';
import { rootSchema } from './schema/root.js';
import { type LeafShape, type LeafType, optionsOf, shapeOf } from './shape.js';

/** The page docs/configuration.md: every option with type, default and meaning, out of the schema. */
export function writeReferencePage(): string {
  const sections = new Map<string, string[]>();
  for (const { path, leaf } of optionsOf(shapeOf(rootSchema))) {
    const name = formatPath(path).replaceAll('[0]', '[]');
    const section = sectionOf(name);
    sections.set(section, [...(sections.get(section) ?? []), row(name, leaf)]);
  }
  return `${INTRODUCTION}${[...sections].map(([section, rows]) => `\n## ${section}\n\n${TABLE_HEAD}${rows.join('')}`).join('')}`;
}

const INTRODUCTION = `# Configuration

Made from the schema by \`npm run reference\`; a test fails when it is stale.

Every option can stand in the file (nested or flat, \`promregator.discovery.port: 443\`), in the environment (\`PROMREGATOR_DISCOVERY_PORT\`, list items by number:
\`PROMREGATOR_TARGETS_0_ORGNAME\`) and on the command line (\`--promregator.discovery.port=443\`), the later ones before the earlier. Names are relaxed: \`orgName\`, \`org-name\` and \`org_name\`
are one. A list set by a higher source replaces the lower one whole.

Each option of type "secret text" has a twin that names a file to read it from, in place of the option itself: \`cf.passwordFile\` of \`cf.password\` (\`CF_PASSWORD_FILE\`), \`client_secret_file\` of
\`client_secret\`. One line break at the end of the file is not part of the secret; a list has one item a line. Such files are read anew when they change.

A value may hold placeholders, \`\${name}\` or \`\${name:fallback}\`, nested too: other options, variables of the environment (\`\${my.password}\` is \`MY_PASSWORD\`), and on Cloud Foundry
\`\${vcap.application.space_name}\` and \`\${vcap.services.<instance name>.credentials.<key>}\`. A text that begins so is written with a backslash: \`\\\${\`.

A value that begins with \`{cipher}\` is decrypted by \`ENCRYPT_KEY\`; \`promregator encrypt\` makes such values. \`promregator check-config\` tells what a configuration comes to.
`;

const TABLE_HEAD = '| option | type | default | meaning |\n|---|---|---|---|\n';

/** The first two steps of a name: \`promregator.scraping\`; one where the second is the option itself. */
function sectionOf(name: string): string {
  const steps = name.split('.');
  return steps.slice(0, steps.length > 2 && steps[0] === 'promregator' ? 2 : 1).join('.');
}

function row(name: string, leaf: LeafShape): string {
  const type = leaf.secret
    ? 'secret text'
    : [typeOf(leaf.type), leaf.unit].filter((part) => part !== undefined).join(', ');
  return `| \`${name}\` | ${type} | ${defaultOf(leaf)} | ${(leaf.description ?? '').replaceAll('|', '\\|')} |\n`;
}

function typeOf(type: LeafType): string {
  switch (type.kind) {
    case 'choice':
      return type.choices.map((choice) => `\`${choice}\``).join(' or ');
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
  return `\`${outcome.data}\``;
}
