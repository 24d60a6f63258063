// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders are what it is about
import { expect, test } from 'vitest';
import { loadWritten, MANDATORY_ENV, type Written } from '../../test/support/config/load-written.js';
import { formatOrigin } from './origin.js';

const FOUNDATIONS = 'foundations: [{name: a, api_host: a, username: u, password: p, request: {timeout: {org: 20000}}}]';

test.each<[string, string, Written, string | undefined]>([
  [
    'the port that Cloud Foundry gives',
    'server.port',
    { env: { ...MANDATORY_ENV, VCAP_APPLICATION: '{}', PORT: '7' } },
    '7 environment PORT',
  ],
  [
    'a port before it',
    'server.port',
    { yaml: 'server.port: 1', env: { ...MANDATORY_ENV, VCAP_APPLICATION: '{}', PORT: '7' } },
    '1 promregator.yml:1:14',
  ],
  ['the port elsewhere', 'server.port', {}, '8080 default'],
  ['the form of the log there', 'log.format', { env: { ...MANDATORY_ENV, VCAP_APPLICATION: '{}' } }, 'json default'],
  ['the guard', 'promregator.discovery.auth', {}, 'NONE default'],
  [
    'a time that was too short',
    'cf.request.timeout.org',
    { yaml: 'cf.request.timeout.org: 2500' },
    '10000 promregator.yml:1:25',
  ],
  ['a time of nobody', 'cf.request.timeout.appInSpace', {}, '30000 default'],
  [
    'a time of one foundation',
    'foundations[0].request.timeout.org',
    { yaml: FOUNDATIONS, env: {} },
    '20000 promregator.yml:1:89',
  ],
  [
    'the path of a rule',
    'promregator.targets[0].path',
    { yaml: 'promregator.targets: [{orgName: a}]' },
    '/metrics default',
  ],
  [
    'an encrypted one',
    'promregator.targets[0].path',
    {
      yaml: 'promregator.targets: [{path: "${VCAP.services.s.credentials.p}"}]',
      env: { ...MANDATORY_ENV, VCAP_SERVICES: '{"x":[{"name":"s","credentials":{"p":"hunter2"}}]}' },
    },
    '<secret> environment VCAP_SERVICES',
  ],
])('%s', async (_, path, written, expected) => {
  const { effective } = await loadWritten(written);
  const found = effective.find((each) => each.path === path);
  expect(found && `${found.value} ${found.origin === 'default' ? 'default' : formatOrigin(found.origin)}`).toBe(
    expected,
  );
});
