import { spawnSync } from 'node:child_process';

/** What `promtool check metrics` says about a text exposition: empty when it finds nothing. @throws when it is not installed */
export function checkMetrics(text: string | Buffer): string {
  const { error, stdout, stderr, status } = spawnSync('promtool', ['check', 'metrics'], {
    input: text,
    encoding: 'utf8',
  });
  if (error !== undefined) throw new Error('promtool is missing; remedy: apt-get install prometheus', { cause: error });
  return status === 0 ? '' : `${stdout}${stderr}`;
}
