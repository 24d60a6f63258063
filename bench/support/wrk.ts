import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './temporary-folder.js';

export interface WrkOptions {
  readonly url: string;
  /** Asked for in turn. */
  readonly paths: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly connections: number;
  readonly seconds: number;
  readonly core: number;
}

export interface WrkResult {
  readonly requestsPerSecond: number;
  readonly requests: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Loads a server with wrk. @throws when any answer was not 200 */
export async function runWrk(options: WrkOptions): Promise<WrkResult> {
  const folder = temporaryFolder();
  const script = join(folder.path, 'load.lua');
  writeFileSync(script, luaScript(options));
  const child = spawn(
    'taskset',
    [
      '-c',
      String(options.core),
      'wrk',
      '-t1',
      `-c${options.connections}`,
      `-d${options.seconds}s`,
      '--latency',
      '-s',
      script,
      options.url,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  await once(child, 'exit');
  folder.remove();
  if (/Non-2xx|Socket errors/.test(text) || !/Requests\/sec/.test(text))
    throw new Error(`wrk on ${options.url}:\n${text}`);
  return {
    requestsPerSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(text)?.[1]),
    requests: Number(/(\d+) requests in/.exec(text)?.[1]),
    p50Ms: milliseconds(/50%\s+([\d.]+\w+)/.exec(text)?.[1]),
    p99Ms: milliseconds(/99%\s+([\d.]+\w+)/.exec(text)?.[1]),
  };
}

/** Requests are written beforehand, so that wrk spends its core on sending them. */
function luaScript({ paths, headers }: WrkOptions): string {
  const set = Object.entries(headers).map(
    ([name, value]) => `wrk.headers[${JSON.stringify(name)}] = ${JSON.stringify(value)}`,
  );
  return `${set.join('\n')}
local paths = {${paths.map((path) => JSON.stringify(path)).join(',')}}
local requests = {}
local turn = 0
init = function() for i, path in ipairs(paths) do requests[i] = wrk.format("GET", path) end end
request = function() turn = turn % #requests + 1; return requests[turn] end
`;
}

function milliseconds(text = ''): number {
  const value = Number.parseFloat(text);
  if (text.endsWith('us')) return value / 1000;
  return text.endsWith('ms') ? value : value * 1000;
}
