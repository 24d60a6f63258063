// Prints the bill of materials of what runs in production.
import { fileURLToPath } from 'node:url';
import { billOfMaterials } from './bill-of-materials.mjs';
import { readRuntimePackages } from './runtime-packages.mjs';

const found = readRuntimePackages(fileURLToPath(new URL('..', import.meta.url)));
if (found.problems.length > 0) {
  process.stderr.write(`sbom: ${found.problems.join('\n')}\n`);
  process.exitCode = 1;
} else {
  process.stdout.write(`${JSON.stringify(billOfMaterials(found), undefined, 2)}\n`);
}
