import { expect, test } from 'vitest';
import { PrivateFileError } from './private-file.js';
import { writeRemedy } from './write-remedy.js';

const FILE = '/data/inventory';

test.each<[string, string | undefined]>([
  ['ENOENT', 'make the folder /data, writable by user 1000'],
  ['EACCES', 'let user 1000 write into the folder /data, and read what lies there'],
  ['EPERM', 'let user 1000 write into the folder /data, and read what lies there'],
  ['EROFS', 'mount a volume at /data that can be written, or name a file elsewhere'],
  ['ENOSPC', 'make room on the disk of /data'],
  ['EDQUOT', 'make room on the disk of /data'],
  ['ENOTDIR', 'a part of /data is a file: name a file elsewhere'],
  ['EISDIR', 'name a file in place of it'],
  ['EMFILE', undefined],
])('%s: %s', (code, remedy) => {
  expect(writeRemedy(FILE, Object.assign(new Error(code), { code }), 1000)).toBe(remedy);
});

test('ours: what is no file; what is taken says it itself', () => {
  expect(writeRemedy(FILE, new PrivateFileError('not_a_file', 'it is no file'), 1000)).toBe(
    'name a file in place of it',
  );
  expect(writeRemedy(FILE, new PrivateFileError('taken', 'there is another'), 1000)).toBeUndefined();
});

test('where there are no users', () => {
  const error = Object.assign(new Error('ENOENT'), { code: 'ENOENT' });
  expect(writeRemedy(FILE, error, undefined)).toBe('make the folder /data, writable by the user of this process');
});
