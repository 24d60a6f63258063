// Makes anew what is made from the schema: parts of docs/configuration.md, and promregator.schema.json.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { writeEditorSchema } from '../dist/src/config/editor-schema.js';
import { writeReferencePage } from '../dist/src/config/reference-page.js';

const PAGE = new URL('../docs/configuration.md', import.meta.url);
const SCHEMA = fileURLToPath(new URL('../promregator.schema.json', import.meta.url));

writeFileSync(PAGE, writeReferencePage(readFileSync(PAGE, 'utf8')));
writeFileSync(SCHEMA, writeEditorSchema());
execFileSync('biome', ['format', '--write', SCHEMA], { stdio: 'inherit' });
