// Loaded into Promregator by NODE_OPTIONS before its own first line: lets a row change what names resolve to and what the
// clock says while the program runs, without touching the machine. TLS keeps the machine's clock, since OpenSSL reads it.
import dns, { type LookupAddress } from 'node:dns';
import { readFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import type { Surroundings } from './surroundings.js';

const RELOAD_MS = 50;

const file = process.env['FAULTS_SURROUNDINGS'] ?? '';
let surroundings = read();
setInterval(() => {
  surroundings = read();
}, RELOAD_MS).unref();

/** In the middle of a change what was said before counts. */
function read(): Surroundings {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return surroundings;
  }
}

type Callback = (error: Error | null, ...answer: [] | [LookupAddress[]] | [string, number]) => void;

function lookup(name: string, options: { readonly all?: boolean }, callback: Callback): void {
  const address = surroundings.names[name];
  setImmediate(() => {
    if (address === undefined) {
      const error = new Error(`getaddrinfo ENOTFOUND ${name}`);
      callback(Object.assign(error, { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: name }));
    } else if (options.all === true) callback(null, [{ address, family: 4 }]);
    else callback(null, address, 4);
  });
}

const systemLookup = dns.lookup;
Reflect.set(dns, 'lookup', (name: string, options: object, callback: Callback) =>
  name.endsWith('.faults.test')
    ? lookup(name, options, callback)
    : Reflect.apply(systemLookup, dns, [name, options, callback]),
);

const systemNow = Date.now;
Date.now = () => systemNow() + surroundings.clockShiftMs;
syncBuiltinESMExports();
