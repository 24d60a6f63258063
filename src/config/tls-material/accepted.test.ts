import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { problemsOf } from '../../../test/support/config/outcome.js';
import { temporaryFolder } from '../../../test/support/temporary-folder.js';

/** Key and certificate that OpenSSL's own program makes, and that its library refuses for TLS. */
describe('a key that OpenSSL refuses', () => {
  let files: Record<string, string>;

  beforeAll(() => {
    const folder = temporaryFolder();
    const path = (name: string): string => join(folder.path, name);
    const key = ['-newkey', 'rsa:512', '-nodes', '-keyout', path('k'), '-out', path('c')];
    execFileSync('openssl', ['req', '-x509', ...key, '-subj', '/CN=x', '-days', '2'], { stdio: 'pipe' });
    files = {
      '/work/c.pem': readFileSync(path('c'), 'utf8'),
      '/work/k.pem': readFileSync(path('k'), 'utf8'),
      '/work/web.yml': 'tls_server_config: {cert_file: c.pem, key_file: k.pem}',
    };
    folder.remove();
  });

  const REFUSED =
    'found a certificate or key that OpenSSL refuses: ee key too small, expected a key that is long enough';

  test.each<[string, string, string]>([
    ['of the API', 'cf.tls_config: {cert_file: c.pem, key_file: k.pem}', 'cf.tls_config.cert_file'],
    [
      'of a rule',
      'promregator.targets: [{tls_config: {cert_file: c.pem, key_file: k.pem}}]',
      'promregator.targets[0].tls_config.cert_file',
    ],
    ['of our own', 'server.ssl: {certificate: c.pem, certificate-private-key: k.pem}', 'server.ssl.certificate'],
    ['of the web config file', 'web.config.file: web.yml', 'web.yml:1:32: tls_server_config.cert_file'],
  ])('%s is a problem at its place', async (_, yaml, path) => {
    expect(await problemsOf({ yaml, files })).toEqual([expect.stringContaining(`${path}: ${REFUSED}`)]);
  });

  test('is taken where the lowest level of security is asked for', async () => {
    const yaml = 'cf.tls_config: {cert_file: c.pem, key_file: k.pem, min_version: TLS10}';
    expect(await problemsOf({ yaml, files })).toEqual([]);
  });
});
