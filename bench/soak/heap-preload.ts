// Loaded into Promregator before its own first line (NODE_OPTIONS): upon SIGUSR2 it collects garbage and writes what is
// held then to a file. So nothing of this is in the program itself.
import { renameSync, writeFileSync } from 'node:fs';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect: unknown = runInNewContext('gc');
const file = process.env['SOAK_HEAP_FILE'] ?? '';

process.on('SIGUSR2', () => {
  if (typeof collect === 'function') collect();
  const { heapUsed, heapTotal, external, arrayBuffers } = process.memoryUsage();
  const held = {
    heapBytes: heapUsed,
    heapTotalBytes: heapTotal,
    heapResidentBytes: getHeapStatistics().total_physical_size,
    externalBytes: external,
    arrayBufferBytes: arrayBuffers,
  };
  writeFileSync(`${file}.new`, JSON.stringify(held));
  renameSync(`${file}.new`, file);
});
