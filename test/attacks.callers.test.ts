import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AttackedProgram, startAttacked } from './support/attacked-program.js';
import { type Conversation, converse, type RawAnswer } from './support/raw-caller.js';
import { nameItself } from './support/recording-application.js';

let attacked: AttackedProgram;
let port: number;
/** Path of an instance that there is. */
let target: string;
const answers: RawAnswer[] = [];

beforeAll(async () => {
  attacked = await startAttacked({
    applications: 2,
    answer: nameItself,
    args: ['--logging.level.root=DEBUG', '--web.enable-lifecycle'],
  });
  port = attacked.port;
  target = `/singleTargetMetrics/${attacked.guids[0]}/0`;
});

afterAll(() => attacked?.stop());

/** Sends the bytes, `$T` being the path of an instance and `$H` a Host header; keeps the answers for the last tests. */
async function send(text: string, wanted: number | 'end'): Promise<Conversation> {
  const conversation = await converse(port, text.replaceAll('$T', target).replaceAll('$H', 'Host: a\r\n'), wanted);
  answers.push(...conversation.answers);
  return conversation;
}

const statusesOf = ({ answers: heard }: Conversation): readonly number[] => heard.map(({ status }) => status);

/** All that we mean to send to an application, whatever the caller said. */
function headOf(accept: string): readonly unknown[] {
  const [guid] = attacked.guids;
  return [
    'GET /metrics HTTP/1.1',
    `host: ${attacked.host}`,
    'connection: keep-alive',
    `accept: ${accept}`,
    'accept-encoding: identity',
    expect.stringMatching(/^user-agent: Promregator\/[\d.]+$/),
    expect.stringMatching(/^x-promregator-instance: [-0-9a-f]{36}$/),
    `x-cf-app-instance: ${guid}:0`,
    '',
    '',
  ];
}

const DEFAULT_ACCEPT = 'text/plain;version=0.0.4;q=0.5,*/*;q=0.1';
const LAST = 'GET /-/healthy HTTP/1.1\r\n$HConnection: close\r\n\r\n';
const CHUNKED = 'Transfer-Encoding: chunked\r\n';

/** What is sent, the statuses of the answers, whether the connection ends, and the scrapes that come of it. */
interface Row {
  readonly sent: string;
  readonly statuses: readonly number[];
  readonly end: Conversation['end'];
  readonly scrapes: number;
}

function refused(sent: string, status = 400): Row {
  return { sent, statuses: [status], end: 'closed', scrapes: 0 };
}

describe('requests that two may read in two ways', () => {
  test.each<[string, Row]>([
    // The control: without it, all that follows could be refused for nothing.
    ['a plain scrape', { sent: 'GET $T HTTP/1.1\r\n$H\r\n', statuses: [200], end: 'open', scrapes: 1 }],
    [
      'length and chunks together',
      refused(`GET $T HTTP/1.1\r\n$H${CHUNKED}Content-Length: 4\r\n\r\n0\r\n\r\nGET $T HTTP/1.1\r\n$H\r\n`),
    ],
    ['chunks and length together', refused(`GET $T HTTP/1.1\r\n$HContent-Length: 4\r\n${CHUNKED}\r\n0\r\n\r\n`)],
    ['another transfer coding', refused('GET $T HTTP/1.1\r\n$HTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n')],
    [
      'chunked not as the last coding',
      refused('GET $T HTTP/1.1\r\n$HTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n'),
    ],
    ['chunked twice', refused(`GET $T HTTP/1.1\r\n$H${CHUNKED}${CHUNKED}\r\n0\r\n\r\n`)],
    [
      'a transfer coding behind a vertical tab',
      refused('GET $T HTTP/1.1\r\n$HTransfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n'),
    ],
    ['chunks in HTTP/1.0', refused(`GET $T HTTP/1.0\r\n${CHUNKED}\r\n0\r\n\r\n`)],
    ['two lengths', refused('GET $T HTTP/1.1\r\n$HContent-Length: 1\r\nContent-Length: 2\r\n\r\nab')],
    ['two equal lengths', refused('GET $T HTTP/1.1\r\n$HContent-Length: 1\r\nContent-Length: 1\r\n\r\na')],
    ['a length with a sign', refused('GET $T HTTP/1.1\r\n$HContent-Length: +1\r\n\r\na')],
    ['a negative length', refused('GET $T HTTP/1.1\r\n$HContent-Length: -1\r\n\r\na')],
    ['a hexadecimal length', refused('GET $T HTTP/1.1\r\n$HContent-Length: 0x1\r\n\r\na')],
    ['a length beyond 2^64', refused('GET $T HTTP/1.1\r\n$HContent-Length: 18446744073709551617\r\n\r\na')],
    ['a folded line', refused('GET $T HTTP/1.1\r\n$HAccept: a\r\n b\r\n\r\n')],
    ['a first line that is folded', refused('GET $T HTTP/1.1\r\n Host: a\r\n\r\n')],
    ['bare line feeds', refused('GET $T HTTP/1.1\nHost: a\n\n')],
    ['a bare line feed within', refused('GET $T HTTP/1.1\r\nHost: a\nX: y\r\n\r\n')],
    ['a bare carriage return', refused('GET $T HTTP/1.1\r\n$HX: y\rZ: a\r\n\r\n')],
    ['NUL in a value', refused('GET $T HTTP/1.1\r\n$HX: a\0b\r\n\r\n')],
    ['NUL in a name', refused('GET $T HTTP/1.1\r\n$HX\0: a\r\n\r\n')],
    ['NUL in the path', refused('GET $T\0 HTTP/1.1\r\n$H\r\n')],
    ['a blank before the colon', refused('GET $T HTTP/1.1\r\n$HFoo : bar\r\n\r\n')],
    ['a blank within a name', refused('GET $T HTTP/1.1\r\n$HFoo bar: bar\r\n\r\n')],
    ['a line without a colon', refused('GET $T HTTP/1.1\r\n$Hfoo\r\n\r\n')],
    ['no name', refused('GET $T HTTP/1.1\r\n$H: bar\r\n\r\n')],
    ['a blank in the path', refused('GET $T x HTTP/1.1\r\n$H\r\n')],
    ['two Hosts', refused('GET $T HTTP/1.1\r\n$HHost: b\r\n\r\n')],
    ['no Host', refused('GET $T HTTP/1.1\r\n\r\n')],
    ['a Host that is none', refused('GET /discovery HTTP/1.1\r\nHost: a"><script>\r\n\r\n')],
    ['a name of a host in place of a path', refused('GET evil.example:443 HTTP/1.1\r\n$H\r\n')],
    ['HTTP/1.2', refused('GET $T HTTP/1.2\r\n$H\r\n')],
    ['HTTP/2.0', refused('GET $T HTTP/2.0\r\n$H\r\n', 505)],
    ['the preface of HTTP/2', refused('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')],
    ['bytes of TLS', refused('\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03')],
    ['garbage', refused(String.fromCharCode(...Array.from({ length: 400 }, (_, index) => (index * 37) % 256)))],
    ['a path of 1 MB', refused(`GET /${'x'.repeat(1_000_000)} HTTP/1.1\r\n$H\r\n`, 431)],
    ['a header of 100 KB', refused(`GET $T HTTP/1.1\r\n$HX: ${'x'.repeat(100_000)}\r\n\r\n`, 431)],
    ['10,000 headers', refused(`GET $T HTTP/1.1\r\n$H${'a:\r\n'.repeat(10_000)}\r\n`, 431)],
    ['an expectation of its own', refused('GET $T HTTP/1.1\r\n$HExpect: the-worst\r\n\r\n', 417)],
    [
      'an absolute target, since we are no proxy',
      { sent: 'GET http://evil.example$T HTTP/1.1\r\n$H\r\n', statuses: [404], end: 'open', scrapes: 0 },
    ],
    ['HTTP/1.0', { sent: 'GET $T HTTP/1.0\r\n\r\n', statuses: [200], end: 'closed', scrapes: 1 }],
    [
      'a wish for another protocol, which is passed over',
      {
        sent: 'GET $T HTTP/1.1\r\n$HConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n',
        statuses: [200],
        end: 'open',
        scrapes: 1,
      },
    ],
    [
      'a small body, which is not the next request',
      {
        sent: `GET $T HTTP/1.1\r\n$HContent-Length: 27\r\n\r\nGET /cache/invalidate HTTP/${LAST}`,
        statuses: [200, 200],
        end: 'closed',
        scrapes: 1,
      },
    ],
    [
      'chunks, whose connection ends with the answer',
      { sent: `GET $T HTTP/1.1\r\n$H${CHUNKED}\r\n0\r\n\r\n${LAST}`, statuses: [200], end: 'closed', scrapes: 1 },
    ],
    [
      'extensions and trailers of chunks',
      {
        sent: `GET $T HTTP/1.1\r\n$H${CHUNKED}\r\n1;a="b"\r\na\r\n0\r\nHost: b\r\nX-CF-APP-INSTANCE: b:1\r\n\r\n`,
        statuses: [200],
        end: 'closed',
        scrapes: 1,
      },
    ],
    [
      'what follows the last request',
      { sent: `${LAST}GET $T HTTP/1.1\r\n$H\r\n`, statuses: [200], end: 'closed', scrapes: 0 },
    ],
    [
      'garbage behind a request',
      { sent: `GET /-/healthy HTTP/1.1\r\n$H\r\nGARBAGE\r\n\r\n`, statuses: [200], end: 'closed', scrapes: 0 },
    ],
    [
      'an announced body',
      {
        sent: 'GET $T HTTP/1.1\r\n$HExpect: 100-continue\r\nContent-Length: 5\r\n\r\n',
        statuses: [100, 200],
        end: 'open',
        scrapes: 1,
      },
    ],
  ])('%s', async (_, { sent, statuses, end, scrapes }) => {
    attacked.application.reset();
    const conversation = await send(sent, end === 'closed' ? 'end' : statuses.length);
    expect([statusesOf(conversation), conversation.end, conversation.rest]).toEqual([statuses, end, '']);
    // Behind it, so that nothing can come later.
    expect(statusesOf(await send('GET $T HTTP/1.1\r\n$HAccept: text/plain\r\n\r\n', 1))).toEqual([200]);
    const heads = attacked.application.heads.map((head) => head.split('\r\n'));
    expect(heads).toEqual([...Array(scrapes).fill(headOf(DEFAULT_ACCEPT)), headOf('text/plain')]);
  });
});

describe('what an application hears is ours', () => {
  test.each([
    ['headers of proxies', ['X-Forwarded-For: 6.6.6.6', 'Forwarded: for=6.6.6.6', 'Via: 1.1 evil', 'Max-Forwards: 0']],
    ['credentials', ['Authorization: Basic aHVudGVyMjpodW50ZXIy', 'Cookie: a=hunter2', 'Proxy-Authorization: hunter2']],
    [
      'the headers of the router',
      ['X-CF-APP-INSTANCE: evil:9', 'X-Cf-Process-Instance: evil:9', 'X-Vcap-Request-Id: x'],
    ],
    [
      'hop by hop',
      ['Connection: keep-alive, accept, x-cf-app-instance, host', 'Keep-Alive: timeout=1', 'TE: trailers'],
    ],
    ['conditions and ranges', ['If-None-Match: *', 'Range: bytes=0-0', 'If-Modified-Since: x']],
    ['a name of its own', ['User-Agent: Mozilla/5.0 (evil)', 'Referer: evil', 'Origin: null']],
    ['formats that there are not', ['Accept: text/html, application/json;q=0.9']],
    ['an Accept that is no list', ['Accept: \xff\xfe;q=NaN,,,;;;"']],
    ['an Accept of 15 KB', [`Accept: ${'text/plain,'.repeat(1_300)}`]],
    ['codings that there are not', ['Accept-Encoding: br, zstd, evil']],
    ['a time limit that is none', ['X-Prometheus-Scrape-Timeout-Seconds: Infinity, -1']],
  ])('%s', async (_, headers) => {
    attacked.application.reset();
    const asked = await send(`GET $T HTTP/1.1\r\n$H${headers.join('\r\n')}\r\n\r\n`, 1);
    expect(statusesOf(asked)).toEqual([200]);
    expect(attacked.application.heads.map((head) => head.split('\r\n'))).toEqual([headOf(DEFAULT_ACCEPT)]);
    expect(asked.answers[0]?.body).toContain(`up_x{instance="${attacked.guids[0]}:0"} 1\n`);
  });
});

describe('methods', () => {
  test.each([
    ['POST', '$T', 405, 'GET, HEAD', 'open'],
    ['PUT', '/discovery', 405, 'GET, HEAD', 'open'],
    ['DELETE', '/discovery', 405, 'GET, HEAD', 'open'],
    ['PATCH', '/promregatorMetrics', 405, 'GET, HEAD', 'open'],
    ['OPTIONS', '$T', 405, 'GET, HEAD', 'open'],
    ['TRACE', '/-/healthy', 405, 'GET, HEAD', 'open'],
    ['PROPFIND', '/', 405, 'GET, HEAD', 'open'],
    ['GET', '/-/reload', 405, 'POST, PUT', 'open'],
    ['HEAD', '/cache/invalidate', 405, 'GET, POST', 'open'],
    ['OPTIONS', '*', 404, undefined, 'open'],
    ['CONNECT', 'evil.example:443', 405, 'GET, HEAD, POST, PUT', 'closed'],
    ['FOO', '$T', 405, 'GET, HEAD, POST, PUT', 'closed'],
    ['get', '$T', 405, 'GET, HEAD, POST, PUT', 'closed'],
    ['GETT', '$T', 405, 'GET, HEAD, POST, PUT', 'closed'],
  ] as const)('%s %s: %d', async (method, path, status, allow, end) => {
    attacked.application.reset();
    // Of an answer to HEAD the body does not come.
    const wanted = end === 'closed' || method === 'HEAD' ? 'end' : 1;
    const close = method === 'HEAD' ? 'Connection: close\r\n' : '';
    const socketAnswer = await send(`${method} ${path} HTTP/1.1\r\n$H${close}\r\n`, wanted);
    if (method === 'HEAD') expect(socketAnswer.rest).toMatch(/^HTTP\/1\.1 405 .*\r\nallow: GET, POST\r\n/s);
    else expect(socketAnswer).toMatchObject({ answers: [{ status }], end });
    expect(socketAnswer.answers[0]?.headers['allow']).toBe(method === 'HEAD' ? undefined : allow);
    expect(attacked.application.heads).toEqual([]);
  });
});

describe('guessed paths of instances', () => {
  const GUID = 'GUID';
  test.each<[string, string, number]>([
    ['an application that no rule selects', '01234567-89ab-4cde-8f01-23456789abcd/0', 404],
    ['an instance that there is not', `${GUID}/2`, 404],
    ['a path below', `${GUID}/0/metrics`, 404],
    ['a slash behind', `${GUID}/0/`, 404],
    ['no instance', GUID, 400],
    ['the guid in capitals', 'UPPER/0', 400],
    ['the guid in braces', `{${GUID}}/0`, 400],
    ['+1', `${GUID}/+1`, 400],
    ['01', `${GUID}/01`, 404],
    ['1e0', `${GUID}/1e0`, 400],
    ['-0', `${GUID}/-0`, 400],
    ['0.0', `${GUID}/0.0`, 400],
    ['0x0', `${GUID}/0x0`, 400],
    ['2^53', `${GUID}/9007199254740992`, 404],
    ['10,000 digits', `${GUID}/${'1'.repeat(10_000)}`, 404],
    ['a blank', `${GUID}/0%20`, 400],
    ['an encoded digit', `${GUID}/%30`, 400],
    ['a digit that is encoded twice', `${GUID}/%2530`, 400],
    ['an encoded slash', `${GUID}%2f0`, 400],
    ['an encoded NUL', `${GUID}/0%00`, 400],
    ['a path that goes up', `x/../${GUID}/0`, 400],
    ['an encoded path that goes up', `x/%2e%2e/${GUID}/0`, 400],
    ['two slashes', `/${GUID}/0`, 400],
    ['a parameter of the path', `${GUID}/0;a=b`, 400],
    ['a name of a property', '__proto__', 400],
    ['another one', 'constructor/0', 400],
    ['a URL', 'http://evil.example/0', 400],
    ['markup', '<script>alert(1)</script>/0', 400],
  ])('%s', async (_, rest, status) => {
    attacked.application.reset();
    const guid = attacked.guids[0] ?? '';
    const path = rest.replace(GUID, guid).replace('UPPER', guid.toUpperCase());
    const asked = await send(`GET /singleTargetMetrics/${path} HTTP/1.1\r\n$H\r\n`, 1);
    expect(statusesOf(asked)).toEqual([status]);
    expect(asked.answers[0]?.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(asked.answers[0]?.body).not.toMatch(/[<>]script|evil|\n./);
    expect(asked.answers[0]?.body.length).toBeLessThan(300);
    expect(attacked.application.heads).toEqual([]);
  });

  test('a query changes nothing of what is asked', async () => {
    attacked.application.reset();
    const asked = await send('GET $T?path=/env&target=http://evil.example&instance=1#x HTTP/1.1\r\n$H\r\n', 1);
    expect(statusesOf(asked)).toEqual([200]);
    expect(attacked.application.heads.map((head) => head.split('\r\n'))).toEqual([headOf(DEFAULT_ACCEPT)]);
  });

  test.each([
    '/<script>alert(1)</script>',
    '/../../etc/passwd',
    '/%2e%2e/%2e%2e/etc/passwd',
    '//discovery',
    '/./discovery',
    '/discovery%3frule=0',
    '/discovery;x',
    '/DISCOVERY',
    '/debug/discovery/..;/',
    '/singleTargetMetrics',
  ])('%s: nothing', async (path) => {
    const asked = await send(`GET ${path} HTTP/1.1\r\n$H\r\n`, 1);
    expect(asked.answers).toEqual([
      expect.objectContaining({ status: 404, body: 'There is nothing at this path; / lists what there is.\n' }),
    ]);
  });

  test.each([
    ['/discovery?rule=<script>', 400],
    ['/discovery?<script>alert(1)</script>', 400],
    ['/discovery?__proto__=1', 400],
    ['/discovery?foundation=constructor', 400],
    [`/discovery?${'org=x&'.repeat(2_000)}`, 200],
    ['/debug/discovery?rule=%00%0d%0aSet-Cookie:%20a=b', 400],
    ['/cache/invalidate?<b>=1', 400],
    ['/cache/invalidate?__proto__=1', 400],
  ])('%s: %d', async (path, status) => {
    const [asked] = (await send(`GET ${path} HTTP/1.1\r\n$H\r\n`, 1)).answers;
    expect([asked?.status, asked?.headers['set-cookie']]).toEqual([status, undefined]);
    expect(asked?.headers['content-type']).toBe(status === 200 ? 'application/json' : 'text/plain; charset=utf-8');
    // One line: what is quoted of the request has no line break of its own.
    if (status !== 200) expect(asked?.body).toMatch(/^[^\r\n]{1,400}\n$/);
  });
});

describe('a Host that is made up', () => {
  const STRANGER =
    'X-Forwarded-Host: evil.example\r\nForwarded: host=evil.example;proto=https\r\nX-Forwarded-Proto: https\r\n';

  async function discovery(headers: string): Promise<string> {
    const [asked] = (await send(`GET /discovery HTTP/1.1\r\n${headers}\r\n`, 1)).answers;
    return asked?.body ?? '';
  }

  test('is for its own caller alone, and what proxies say of strangers for nobody', async () => {
    const before = await discovery('Host: prom.example:9000\r\n');
    expect(before).toContain('"targets":["prom.example:9000"]');
    const made = Array.from({ length: 300 }, (_, index) => `Host: evil${index}.example\r\n`);
    for (const host of made) expect(await discovery(host)).toContain(host.slice(6, -2));
    expect(await discovery('Host: prom.example:9000\r\n')).toBe(before);
    expect(await discovery(`Host: prom.example:9000\r\n${STRANGER}X-Cf-App-Instance: evil:1\r\n`)).toBe(before);
    expect(before).not.toContain('evil');
  });
});

describe('after all of this', () => {
  test('each answer says how it is to be read, and that no page may frame it', () => {
    const said = answers.filter(({ status }) => status !== 100);
    expect(said.length).toBeGreaterThan(400);
    const bad = said.filter(
      ({ headers }) => headers['x-content-type-options'] !== 'nosniff' || headers['x-frame-options'] !== 'DENY',
    );
    expect(bad).toEqual([]);
    expect([...new Set(said.map(({ status }) => status))].sort()).toEqual([200, 400, 404, 405, 417, 431, 505]);
  });

  test('the log holds no header of anybody, and no more lines than before', () => {
    expect(attacked.program.output()).not.toMatch(/hunter2|aHVudGVyMjpodW50ZXIy|evil/);
    expect(attacked.program.log().filter(({ level }) => level === 'error' || level === 'warn')).toEqual([]);
  });

  test('it serves as before', async () => {
    expect(statusesOf(await send('GET $T HTTP/1.1\r\n$H\r\nGET /discovery HTTP/1.1\r\n$H\r\n', 2))).toEqual([200, 200]);
  });
});
