import { expect, test } from 'vitest';
import { describeStartError } from './listen-fault.js';

test.each([
  [
    'EADDRINUSE',
    'listen',
    '0.0.0.0',
    'cannot listen on 0.0.0.0:80: the port is taken; choose another by --server.port',
  ],
  ['EADDRINUSE', 'listen', '::', 'cannot listen on [::]:80: the port is taken; choose another by --server.port'],
  [
    'EACCES',
    'listen',
    'h',
    'cannot listen on h:80: we may not listen there; choose a port from 1024 on by --server.port',
  ],
  [
    'EADDRNOTAVAIL',
    'listen',
    'h',
    'cannot listen on h:80: no network interface has this address; choose another by --server.address',
  ],
  [
    'ENOTFOUND',
    'getaddrinfo',
    'h',
    'cannot listen on h:80: nobody knows this name; choose an address by --server.address',
  ],
  ['EMFILE', 'listen', 'h', 'as it says'],
  ['EACCES', 'open', 'h', 'as it says'],
])('%s of %s on %s', (code, syscall, address, expected) => {
  const error = Object.assign(new Error('as it says'), { code, syscall });
  expect(describeStartError(error, { address, port: 80 })).toBe(expected);
});
