import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { endChild, pidOf } from './child.js';
import type { Part } from './stage.js';
import { temporaryFolder } from './temporary-folder.js';

export interface Nginx extends Part {
  /** Serves the bodies. */
  readonly upstreamPort: number;
  /** Passes to the upstream what it is asked for. */
  readonly proxyPort: number;
  /** Process of the proxy; the upstream is another. */
  readonly proxyPid: number;
}

export interface NginxOptions {
  /** Bodies by path: `/m10` is served as it is, `/gz/m10` in gzip. */
  readonly bodies: Readonly<Record<string, string>>;
  readonly upstreamPort: number;
  readonly proxyPort: number;
  readonly upstreamCore: number;
  readonly proxyCore: number;
}

const TEXT = 'text/plain; version=0.0.4; charset=utf-8';

/** Two nginx of one worker each, pinned to a core: the applications, and the proxy to compare with. */
export async function startNginx(options: NginxOptions): Promise<Nginx> {
  const temporary = temporaryFolder();
  const folder = temporary.path;
  mkdirSync(join(folder, 'www', 'gz'), { recursive: true });
  for (const [path, body] of Object.entries(options.bodies)) {
    writeFileSync(join(folder, 'www', path), body);
    writeFileSync(join(folder, 'www', 'gz', path), gzipSync(body));
  }
  const upstream = launch(folder, 'upstream', options.upstreamCore, upstreamServer(folder, options.upstreamPort));
  const proxy = launch(folder, 'proxy', options.proxyCore, proxyServer(options));
  return {
    upstreamPort: options.upstreamPort,
    proxyPort: options.proxyPort,
    proxyPid: pidOf(proxy, 'nginx'),
    async stop() {
      await Promise.all([endChild(upstream), endChild(proxy)]);
      temporary.remove();
    },
    kill() {
      upstream.kill();
      proxy.kill();
      temporary.remove();
    },
  };
}

function launch(folder: string, name: string, core: number, server: string): ChildProcess {
  const file = join(folder, `${name}.conf`);
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${folder}/${name}-${kind};`,
  );
  // One process, no master: its id is the worker's, so that its CPU can be read.
  const head = `daemon off; master_process off; pid ${folder}/${name}.pid; error_log ${folder}/${name}.log;`;
  writeFileSync(
    file,
    `${head}\nevents { worker_connections 4096; }\nhttp { access_log off; keepalive_requests 1000000000; ${paths.join(' ')}\n${server}\n}\n`,
  );
  return spawn('taskset', ['-c', String(core), 'nginx', '-c', file], {
    stdio: 'ignore',
    env: { PATH: `${process.env['PATH']}:/usr/sbin` },
  });
}

function upstreamServer(folder: string, port: number): string {
  return `server { listen 127.0.0.1:${port} default_server; root ${folder}/www; types {} default_type "${TEXT}";
    location /gz/ { types {} default_type "${TEXT}"; add_header Content-Encoding gzip; } }`;
}

function proxyServer({ upstreamPort, proxyPort }: NginxOptions): string {
  return `upstream apps { server 127.0.0.1:${upstreamPort}; keepalive 64; keepalive_requests 1000000000; }
    server { listen 127.0.0.1:${proxyPort}; location / { proxy_pass http://apps; proxy_http_version 1.1; proxy_set_header Connection ""; } }`;
}
