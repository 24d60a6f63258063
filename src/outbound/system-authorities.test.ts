import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { afterAll, expect, test } from 'vitest';
import { systemAuthorities } from './system-authorities.js';

const folder = mkdtempSync(join(tmpdir(), 'promregator-extra-ca-'));
const file = join(folder, 'extra.pem');
writeFileSync(file, 'an authority');
afterAll(() => rmSync(folder, { recursive: true }));

test.each<readonly [string, Readonly<Record<string, string>>, readonly string[]]>([
  ['the file of NODE_EXTRA_CA_CERTS', { NODE_EXTRA_CA_CERTS: file }, ['an authority']],
  ['no file', {}, []],
  ['an empty name', { NODE_EXTRA_CA_CERTS: '' }, []],
  ['a file that is not there', { NODE_EXTRA_CA_CERTS: join(folder, 'none.pem') }, []],
])('Node 20 has its own, beside %s', (_, env, expected) => {
  expect(systemAuthorities({ rootCertificates: ['root'] }, env)).toEqual(['root', ...expected]);
});

test('later versions say themselves what counts', () => {
  const node = { rootCertificates: ['root'], getCACertificates: (kind: string) => [`all by ${kind}`] };
  expect(systemAuthorities(node, { NODE_EXTRA_CA_CERTS: file })).toEqual(['all by default']);
});

test('this Node has its roots', () => {
  const authorities = new Set(systemAuthorities());
  expect(rootCertificates.filter((each) => !authorities.has(each))).toEqual([]);
});
