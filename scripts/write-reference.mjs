import { writeFileSync } from 'node:fs';
import { writeReferencePage } from '../dist/src/config/reference-page.js';

writeFileSync(new URL('../docs/configuration.md', import.meta.url), writeReferencePage());
