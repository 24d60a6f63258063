import { expect, test } from 'vitest';
import { MANDATORY_ENV, type Written } from '../../../test/support/config/load-written.js';
import { configOf, problemsOf } from '../../../test/support/config/outcome.js';

const ON_CLOUD_FOUNDRY = { ...MANDATORY_ENV, VCAP_APPLICATION: '{}' };

test.each<[string, Written, unknown]>([
  ['text to stderr', {}, ['text', undefined, 'text']],
  ['JSON on Cloud Foundry', { env: ON_CLOUD_FOUNDRY }, ['json', undefined, 'json']],
  ['a word of ours', { yaml: 'log.format: gelf' }, ['gelf', undefined, 'gelf']],
  [
    'the original’s word',
    { yaml: 'logging.structured.format.console: ECS', env: ON_CLOUD_FOUNDRY },
    ['ecs', undefined, 'ecs'],
  ],
  ['both alike', { yaml: 'log.format: ecs\nlogging.structured.format.console: ecs' }, ['ecs', undefined, 'ecs']],
  [
    'a file of another form',
    { yaml: 'logging: {file.name: /tmp/p.log, structured.format.file: logstash}' },
    ['text', '/tmp/p.log', 'logstash'],
  ],
  ['a file in the environment', { env: { ...MANDATORY_ENV, LOGGING_FILE_NAME: 'p.log' } }, ['text', 'p.log', 'text']],
])('%s', async (_, written, expected) => {
  const { log } = await configOf(written);
  expect([log.format, log.file, log.fileFormat]).toEqual(expected);
});

test('two words that differ', async () => {
  expect(await problemsOf({ yaml: 'log.format: json\nlogging.structured.format.console: ecs' })).toEqual([
    'promregator.yml:2:36: logging.structured.format.console: found "ecs" beside log.format, which says json, expected one of the two',
  ]);
});
