// Makes anew what is made from the schema: parts of docs/configuration.md, and promregator.schema.json.
import { readFileSync, writeFileSync } from 'node:fs';
import { writeEditorSchema } from '../dist/src/config/editor-schema.js';
import { writeReferencePage } from '../dist/src/config/reference-page.js';

const PAGE = new URL('../docs/configuration.md', import.meta.url);

writeFileSync(PAGE, writeReferencePage(readFileSync(PAGE, 'utf8')));
writeFileSync(new URL('../promregator.schema.json', import.meta.url), writeEditorSchema());
