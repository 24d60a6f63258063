import { expect, test } from 'vitest';
import { maskAddress, maskText, saysSecret } from './mask.js';

test.each<[string, boolean]>([
  ['DB_PASSWORD', true],
  ['my.api-key', true],
  ['APIKEY', true],
  ['GITHUB_TOKEN', true],
  ['SERVICE_CREDENTIALS', true],
  ['keys[0]', true],
  ['MONKEY_ORG', false],
  ['KEYSPACE', false],
  ['CF_INSTANCE_KEY', false],
  ['DB_PASSWORD_FILE', false],
  ['TOKEN_URL', false],
  ['ORG', false],
])('%s says that it is a secret: %s', (name, expected) => {
  expect(saysSecret(name)).toBe(expected);
});

test.each<[string, string]>([
  ['https://u:hunter2@x/y', 'https://<secret>@x/y'],
  ['u:hunter2@x', '<secret>@x'],
  ['reader@example.org', 'reader@example.org'],
  ['(?:a|b)@x', '(?:a|b)@x'],
  ['/metrics?token=hunter2&x=1', '/metrics?token=<secret>&x=1'],
  ['/metrics?x=1', '/metrics?x=1'],
  ['*:443 -> 127.0.0.1:8443', '*:443 -> 127.0.0.1:8443'],
])('of %s in any option is shown %s', (text, expected) => {
  expect(maskText(text)).toBe(expected);
});

test.each<[string, string]>([
  ['hunter2@x', '<secret>@x'],
  ['u:hunt/er2@x:1', '<secret>@x:1'],
  ['https://u:hunter2@x/y?client_secret=hunter2', 'https://<secret>@x/y?<secret>'],
  ['http://u:hunter2@', 'http://<secret>@'],
  ['proxy.example.org:3128', 'proxy.example.org:3128'],
  ['https://uaa.example.org/oauth/token', 'https://uaa.example.org/oauth/token'],
])('of the address %s is shown %s', (text, expected) => {
  expect(maskAddress(text)).toBe(expected);
});
