import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { directoryOf, targetAt } from '../../test/support/scrape/directory.js';
import { startProxy } from '../../test/support/scrape/proxy.js';
import type { AddressOptions } from './advertised-address.js';

const TRUSTED: Partial<AddressOptions> = { believed: { contains: (address) => address === '127.0.0.1' } };
const FORWARDED = 'Forwarded: for=1.2.3.4;host="prom.example.org:8443";proto=https, host=inner.example';
const X_FORWARDED =
  'X-Forwarded-Host: prom.example.org, inner\r\nX-Forwarded-Proto: https, http\r\nX-Forwarded-For: 1.2.3.4';

interface Advertised {
  readonly host: string;
  readonly scheme: string | undefined;
  readonly path: string;
}

/** What the discovery document says when asked with these header lines, `PORT` being the proxy's own. */
async function advertised(headers: string, address: Partial<AddressOptions>, pathPrefix = ''): Promise<Advertised> {
  const proxy = await startProxy({ directory: directoryOf(targetAt('http://127.0.0.1:1')), address, pathPrefix });
  onTestFinished(proxy.stop);
  const lines = headers === '' ? '' : `${headers.replace('PORT', String(proxy.port))}\r\n`;
  const version = /^Host:/im.test(headers) ? '1.1' : '1.0';
  const answer = await talk(
    proxy.port,
    `GET ${pathPrefix}/discovery HTTP/${version}\r\n${lines}Connection: close\r\n\r\n`,
  );
  const [{ targets, labels }] = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4));
  const path = String(labels.__metrics_path__).replace(/singleTargetMetrics.*/, '');
  return { host: String(targets[0]).replace(String(proxy.port), 'PORT'), scheme: labels.__scheme__, path };
}

function talk(port: number, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(request));
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      answer += text;
    });
    socket.on('end', () => resolve(answer));
    socket.on('error', reject);
  });
}

test.each<[string, string, Partial<AddressOptions>, string, string | undefined]>([
  ['the Host header', 'Host: prom.example.org:9000', {}, 'prom.example.org:9000', undefined],
  ['the Host header without port', 'Host: prom.example.org', {}, 'prom.example.org:80', undefined],
  ['a Host with port 443', 'Host: prom.example.org:443', {}, 'prom.example.org:443', 'https'],
  ['a Host that is an IPv6 address', 'Host: [::1]:9000', {}, '[::1]:9000', undefined],
  ['no Host', '', {}, '127.0.0.1:PORT', undefined],
  ['an empty Host', 'Host: ', {}, '127.0.0.1:PORT', undefined],
  ['a hostname set', 'Host: x:9000', { hostname: 'set.example' }, 'set.example:9000', undefined],
  ['a port set', 'Host: x:9000', { port: 8080 }, 'x:8080', undefined],
  ['a port 443 set', 'Host: x:9000', { port: 443 }, 'x:443', 'https'],
  ['all set', 'Host: x', { hostname: 'set.example', port: 443, scheme: 'http' }, 'set.example:443', 'http'],
  ['a scheme set, for a Host without port', 'Host: x', { scheme: 'https' }, 'x:443', 'https'],
  ['a scheme and a hostname set', 'Host: x', { scheme: 'https', hostname: 'set.example' }, 'set.example:443', 'https'],
  ['an IPv6 address set', 'Host: x:9000', { hostname: 'fd00::1' }, '[fd00::1]:9000', undefined],
  ['Forwarded of a stranger', `Host: x:9000\r\n${FORWARDED}`, {}, 'x:9000', undefined],
  ['X-Forwarded of a stranger', `Host: x:9000\r\n${X_FORWARDED}`, {}, 'x:9000', undefined],
  ['Forwarded', `Host: x:9000\r\n${FORWARDED}`, TRUSTED, 'prom.example.org:8443', 'https'],
  [
    'Forwarded, everybody being believed',
    `Host: x\r\n${FORWARDED}`,
    { believed: 'everybody' },
    'prom.example.org:8443',
    'https',
  ],
  ['X-Forwarded', `Host: x:9000\r\n${X_FORWARDED}`, TRUSTED, 'prom.example.org:443', 'https'],
  [
    'X-Forwarded-Proto alone, as the router sends it',
    'Host: prom.example.org\r\nX-Forwarded-Proto: https',
    TRUSTED,
    'prom.example.org:443',
    'https',
  ],
  ['X-Forwarded-Port', 'Host: x\r\nX-Forwarded-Port: 8443\r\nX-Forwarded-Proto: https', TRUSTED, 'x:8443', 'https'],
  [
    'X-Forwarded-Port beside a host that has one',
    'Host: x\r\nX-Forwarded-Host: y:1\r\nX-Forwarded-Port: 2',
    TRUSTED,
    'y:1',
    undefined,
  ],
  [
    'an X-Forwarded-Port that is none',
    'Host: x\r\nX-Forwarded-Port: 99999\r\nX-Forwarded-Proto: http',
    TRUSTED,
    'x:80',
    'http',
  ],
  ['an X-Forwarded-Port of 0', 'Host: x\r\nX-Forwarded-Port: 0', TRUSTED, 'x:80', undefined],
  ['an X-Forwarded-Host with port 0', 'Host: x\r\nX-Forwarded-Host: y:0', TRUSTED, 'x:80', undefined],
  ['an X-Forwarded-Host that is no address', 'Host: x\r\nX-Forwarded-Host: [.:]', TRUSTED, 'x:80', undefined],
  [
    'Forwarded before X-Forwarded',
    `Host: x\r\n${X_FORWARDED}\r\nForwarded: host=f.example;proto=http`,
    TRUSTED,
    'f.example:80',
    'http',
  ],
  ['a Forwarded that is hostile', 'Host: x:9000\r\nForwarded: host="a b{}"', TRUSTED, 'x:9000', undefined],
  ['an X-Forwarded-Host that is hostile', 'Host: x:9000\r\nX-Forwarded-Host: "><script>', TRUSTED, 'x:9000', undefined],
  ['a scheme that is none', 'Host: x:9000\r\nX-Forwarded-Proto: gopher', TRUSTED, 'x:9000', undefined],
  [
    'a hostname set and X-Forwarded',
    `Host: x\r\n${X_FORWARDED}`,
    { ...TRUSTED, hostname: 's.example' },
    's.example:443',
    'https',
  ],
])('%s', async (_, headers, address, host, scheme) => {
  expect(await advertised(headers, address)).toEqual({ host, scheme, path: '/' });
});

test('an external URL stands above all of it, its path in front of ours', async () => {
  const externalUrl = { scheme: 'https', hostname: 'ext.example', port: 8443, path: '/prom' } as const;
  const address = { ...TRUSTED, externalUrl, hostname: 'x', port: 1 };
  expect(await advertised(`Host: y\r\n${FORWARDED}`, address)).toEqual({
    host: 'ext.example:8443',
    scheme: 'https',
    path: '/prom/',
  });
});

test('a context path stands in front of every path', async () => {
  expect(await advertised('Host: x:1', {}, '/prom')).toEqual({ host: 'x:1', scheme: undefined, path: '/prom/' });
});
