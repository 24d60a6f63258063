// Makes docs/third-party.md anew: the packages that run beside our own code, with their licences.
// `--check` writes nothing and fails when the page is not what it would write.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readRuntimePackages } from './runtime-packages.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PAGE = new URL('../docs/third-party.md', import.meta.url);

const { packages, problems } = readRuntimePackages(ROOT);
if (problems.length > 0) fail(problems.join('\n'));
const page = pageOf(packages);
if (!process.argv.includes('--check')) writeFileSync(PAGE, page);
else if (readFileSync(PAGE, 'utf8') !== page) fail('docs/third-party.md is not of today: run npm run licenses');

function pageOf(all) {
  const without = all.filter(({ bringsLicense }) => !bringsLicense).map(({ name }) => name);
  return `# Third parties

The packages that run in production, by package-lock.json; \`npm run licenses\` writes this page. The text of its licence lies in each package${without.length === 0 ? '' : `, but for ${without.join(', ')}, where it lies in the source only`}. Why we take those that we name ourselves: [dependencies.md](dependencies.md).

| package | version | licence | source |
|---|---|---|---|
${all.map(({ name, version, license, source }) => `| ${name} | ${version} | ${license} | ${source ?? ''} |`).join('\n')}
`;
}

function fail(words) {
  process.stderr.write(`licenses: ${words}\n`);
  process.exit(1);
}
