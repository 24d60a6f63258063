// Loaded into Promregator before its own first line (NODE_OPTIONS): upon SIGUSR2 it collects garbage and writes what is
// held then to a file. So nothing of this is in the program itself.
import { renameSync, writeFileSync } from 'node:fs';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect: unknown = runInNewContext('gc');
const file = process.env['SOAK_HEAP_FILE'] ?? '';

/** In which V8 gives back pages and array buffers, beside the program. */
const SWEPT_WITHIN_MS = 250;

process.on('SIGUSR2', () => {
  if (typeof collect === 'function') collect();
  // At once, since what comes later is new.
  const { heapUsed } = process.memoryUsage();
  setTimeout(tell, SWEPT_WITHIN_MS, heapUsed);
});

function tell(heapBytes: number): void {
  const { heapTotal, external, arrayBuffers } = process.memoryUsage();
  const held = {
    heapBytes,
    heapTotalBytes: heapTotal,
    heapResidentBytes: getHeapStatistics().total_physical_size,
    externalBytes: external,
    arrayBufferBytes: arrayBuffers,
  };
  writeFileSync(`${file}.new`, JSON.stringify(held));
  renameSync(`${file}.new`, file);
}
