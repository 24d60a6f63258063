import { expect, test } from 'vitest';
import { makeAuthority } from '../../../test/support/outbound/certificates.js';
import { materialOf } from '../../../test/support/outbound/material.js';
import { readSystemCertificates } from './system-certificates.js';

const one = makeAuthority('One').certificate;
const two = makeAuthority('Two').certificate;

test.each<readonly [string, Readonly<Record<string, string>>, readonly string[], readonly RegExp[]]>([
  ['in the order of their names', { '/c/b.crt': two, '/c/a.crt': one }, [one, two], []],
  ['several in one', { '/c/all.crt': `${two}\n${one}` }, [two, one], []],
  ['hidden ones are left out', { '/c/a.crt': one, '/c/.cache': two }, [one], []],
  ['others are warned of', { '/c/a.crt': one, '/c/notes': 'text' }, [one], [/\/c\/notes without a PEM certificate/]],
  [
    'so are those that cannot be read',
    { '/c/a.crt': one, '/c/b': 'forbidden' },
    [one],
    [/\/c\/b, which cannot be read/],
  ],
  [
    'no folder',
    { '/d/a.crt': one },
    [],
    [/environment CF_SYSTEM_CERT_PATH: found the folder \/c, which cannot be read/],
  ],
])('%s', async (_, files, expected, warnings) => {
  const context = materialOf(files);
  expect(await readSystemCertificates('/c', context)).toEqual(expected);
  expect(context.errors()).toEqual([]);
  expect(context.warnings()).toEqual(warnings.map((words) => expect.stringMatching(words)));
});

test('a slash at the end makes no difference', async () => {
  const context = materialOf({ '/c/a.crt': one });
  const listed: string[] = [];
  const listFolder = (folder: string): Promise<readonly string[]> => {
    listed.push(folder);
    return context.listFolder('/c');
  };
  expect(await readSystemCertificates('/c/', { ...context, listFolder })).toEqual([one]);
  expect(listed).toEqual(['/c/']);
});
