import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { writeEditorSchema } from './editor-schema.js';
import { writeReferencePage } from './reference-page.js';

function read(name: string): string {
  return readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
}

describe('what npm run reference makes of the schema is not stale', () => {
  test('docs/configuration.md', () => {
    const page = read('docs/configuration.md');
    expect(writeReferencePage(page)).toBe(page);
  });

  test('promregator.schema.json', () => {
    expect(JSON.parse(read('promregator.schema.json'))).toEqual(JSON.parse(writeEditorSchema()));
  });
});

test.each([
  ['an addition of ours', '**`cf.client_id`** · text\\\n', '_New in 0.1.0._'],
  ['an option of the original', '**`cf.username`** · text\\\n', '_As in the original._'],
  ['one of 0.x', '**`cf.proxyHost`** · text\\\n', '_As in 0.x of the original._'],
  [
    'one with another default',
    '**`cf.cache.timeout.route`** · whole number of seconds · default `60`',
    ': 300 there._',
  ],
  ['a list of secrets', '**`promregator.authentication.bearer.tokens`** · list of secret texts\\\n', '_New in 0.1.0._'],
  ['a choice', '**`log.format`** · `text`, `json`, `ecs`, `gelf`, `logstash`\\\n', '_New in 0.1.0._'],
])('the page says of %s what it is', (_, head, origin) => {
  const page = writeReferencePage(read('docs/configuration.md'));
  const block = page.slice(page.indexOf(head)).split('\n\n')[0];
  expect(page).toContain(head);
  expect(block).toContain(origin);
});

test('options that stand in several places are told of once', () => {
  const page = writeReferencePage(read('docs/configuration.md'));
  expect(page.match(/tls_config\.ca_file`\*\*/g)).toHaveLength(1);
  expect(page).not.toContain('`foundations[].api_host`**');
});

test('a page without the marks is refused, not overwritten', () => {
  expect(() => writeReferencePage('# Configuration\n')).toThrow('the page lacks the marks of options');
});
