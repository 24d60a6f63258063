import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { hashSync } from 'bcryptjs';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type AttackedProgram, startAttacked } from './support/attacked-program.js';
import { converse, listenTo } from './support/raw-caller.js';
import { nameItself } from './support/recording-application.js';
import { waitUntil } from './support/wait-until.js';

const MEBIBYTE = 1024 * 1024;
const HEALTHY = 'GET /-/healthy HTTP/1.1\r\nHost: a\r\n\r\n';

let attacked: AttackedProgram;

/** The first application names itself, the second answers without end, the third never. */
beforeAll(async () => {
  const silent = new Set<string>();
  attacked = await startAttacked({
    applications: 3,
    options: { discovery: { ownMetricsEndpoint: false } },
    answer(instance, socket) {
      const [, endless, never] = attacked.guids;
      if (instance.startsWith(`${endless}:`)) answerWithoutEnd(socket);
      else if (instance.startsWith(`${never}:`)) silent.add(instance);
      else nameItself(instance, socket);
    },
  });
});

afterAll(() => attacked?.stop());

/** As fast as it is taken. */
function answerWithoutEnd(socket: Socket): void {
  const line = `up_x{filler="${'x'.repeat(1_000)}"} 1\n`;
  const piece = line.repeat(60);
  socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nConnection: close\r\n\r\n');
  const more = (): void => {
    while (!socket.destroyed && socket.write(piece));
  };
  socket.on('drain', more);
  more();
}

const pathOf = (application: number, instance = 0): string =>
  `/singleTargetMetrics/${attacked.guids[application]}/${instance}`;

function get(path: string, ...headers: readonly string[]): string {
  return `${[`GET ${path} HTTP/1.1`, 'Host: a', ...headers].join('\r\n')}\r\n\r\n`;
}

async function ownMetric(name: string): Promise<number> {
  const { answers } = await converse(attacked.port, get('/promregatorMetrics'), 1);
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(answers[0]?.body ?? '')?.[1]);
}

const residentBytes = (): Promise<number> => ownMetric('promregator_process_resident_memory_bytes');

async function isServed(): Promise<boolean> {
  const { answers } = await converse(attacked.port, get(pathOf(0)), 1);
  return answers[0]?.status === 200 && answers[0].body.includes(`up_x{instance="${attacked.guids[0]}:0"} 1\n`);
}

/** Connected, and kept until the test is over. Errors are what these tests are about. */
function connected(): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connect(attacked.port, '127.0.0.1', () => resolve(socket));
    socket.on('error', () => undefined);
    socket.resume();
    onTestFinished(() => void socket.destroy());
  });
}

describe('pipelined requests', () => {
  test('a thousand are answered in order, and the next connection too', async () => {
    const asked = Array.from({ length: 1_000 }, (_, index) => get(`/singleTargetMetrics/abc/${index}`));
    const { answers, end } = await converse(attacked.port, asked.join(''), 1_000);
    expect(end).toBe('open');
    expect(answers.map(({ body }) => /abc\/(\d+)/.exec(body)?.[1])).toEqual(asked.map((_, index) => String(index)));
    expect(await isServed()).toBe(true);
  });

  test('three thousand at once are too many: the connection ends', async () => {
    const { answers, end } = await converse(attacked.port, get(pathOf(2)) + HEALTHY.repeat(3_000), 'end');
    expect([answers, end]).toEqual([[], 'closed']);
    expect(await isServed()).toBe(true);
  });

  test('one is at work at a time', async () => {
    attacked.application.reset();
    const socket = await connected();
    socket.write(
      [0, 1]
        .map((instance) => get(pathOf(2, instance)))
        .join('')
        .repeat(5),
    );
    await waitUntil(() => attacked.application.heads.length > 0, { within: 5_000, describe: () => 'no scrape' });
    expect(await isServed()).toBe(true);
    expect(await ownMetric('promregator_scrapes_in_flight')).toBe(1);
    socket.destroy();
    await waitUntil(async () => (await ownMetric('promregator_scrapes_in_flight')) === 0, {
      within: 5_000,
      describe: () => ownMetric('promregator_scrapes_in_flight'),
    });
    // The one that hung, and ours.
    expect(attacked.application.heads).toHaveLength(2);
  });

  test('a caller that leaves in the middle gives its answers to nobody', async () => {
    for (let round = 0; round < 50; round += 1) {
      const leaving = connect(attacked.port, '127.0.0.1');
      leaving.on('error', () => undefined);
      leaving.write([0, 1, 0].map((instance) => get(pathOf(0, instance))).join(''));
      const both = [0, 1].map((instance) => get(pathOf(0, instance))).join('');
      const staying = converse(attacked.port, both, 2);
      leaving.once('data', () => leaving.destroy());
      const { answers } = await staying;
      expect(answers.map(({ body }) => /instance="[^"]*:(\d)"/.exec(body)?.[1])).toEqual(['0', '1']);
    }
  });
});

describe('bodies on GET', () => {
  test.each([
    ['without end, in chunks', 'Transfer-Encoding: chunked', `10000\r\n${'x'.repeat(0x10000)}\r\n`],
    ['of 10 GB', 'Content-Length: 10000000000', 'x'.repeat(0x10000)],
  ])('%s: answered and cut off', async (_, header, piece) => {
    const socket = connect(attacked.port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    const heard = listenTo(socket, 'end');
    let sent = 0;
    const more = (): void => {
      while (!socket.destroyed && socket.write(piece)) sent += piece.length;
    };
    socket.write(get('/-/healthy', header));
    socket.on('drain', more);
    more();
    expect((await heard).end).toBe('closed');
    // What the system takes off its hands, not what we read.
    expect(sent).toBeLessThan(64 * MEBIBYTE);
    expect(await isServed()).toBe(true);
  });
});

test('answers without end that nobody reads hold no memory', async () => {
  const before = await residentBytes();
  const sockets = await Promise.all(Array.from({ length: 8 }, connected));
  for (const [index, socket] of sockets.entries()) {
    socket.pause();
    socket.write(get(pathOf(1, index % 2), 'X-Prometheus-Scrape-Timeout-Seconds: 3600'));
  }
  const inFlight = async (): Promise<boolean> => (await ownMetric('promregator_scrapes_in_flight')) === 8;
  await waitUntil(inFlight, { within: 5_000, describe: residentBytes });
  const scraped = (): Promise<number> => ownMetric('promregator_scrape_bytes_total');
  let bytes = -1;
  const isStill = async (): Promise<boolean> => {
    const seen = bytes;
    bytes = await scraped();
    return bytes === seen;
  };
  await waitUntil(isStill, { within: 10_000, describe: scraped, every: 500 });
  expect((await residentBytes()) - before).toBeLessThan(150 * MEBIBYTE);
  expect(await isServed()).toBe(true);
  for (const socket of sockets) socket.destroy();
  await waitUntil(async () => (await ownMetric('promregator_scrapes_in_flight')) === 0, {
    within: 5_000,
    describe: () => ownMetric('promregator_scrapes_in_flight'),
  });
});

test('5,000 made-up Hosts hold no memory', async () => {
  const own = get('/discovery');
  const [before] = (await converse(attacked.port, own, 1)).answers;
  const memory = await residentBytes();
  for (let round = 0; round < 5; round += 1) {
    const hosts = Array.from({ length: 1_000 }, (_, index) => `evil${round}-${index}.example`);
    const asked = hosts.map((host) => `GET /discovery HTTP/1.1\r\nHost: ${host}\r\n\r\n`).join('');
    const { answers } = await converse(attacked.port, asked, 1_000);
    expect(answers.every(({ body }, index) => body.includes(`"targets":["${hosts[index]}:80"]`))).toBe(true);
  }
  expect((await residentBytes()) - memory).toBeLessThan(100 * MEBIBYTE);
  expect((await converse(attacked.port, own, 1)).answers[0]?.body).toBe(before?.body);
});

describe('wrong passwords', { timeout: 90_000 }, () => {
  const PASSWORD = 'hunter2';
  const basic = (password: string): string =>
    `Authorization: Basic ${Buffer.from(`promregator:${password}`).toString('base64')}`;

  function guarded(password: string): Promise<AttackedProgram> {
    return startAttacked({
      applications: 1,
      answer: nameItself,
      args: ['--logging.level.root=DEBUG'],
      options: { discovery: { auth: 'BASIC' }, authentication: { basic: { password } } },
    });
  }

  let plain: AttackedProgram;
  let hashed: AttackedProgram;
  beforeAll(async () => {
    [plain, hashed] = await Promise.all([guarded(PASSWORD), guarded(`{bcrypt}${hashSync(PASSWORD, 8)}`)]);
  });
  afterAll(async () => void (await Promise.all([plain?.stop(), hashed?.stop()])));

  test('ten thousand lock nobody out, and leave no trace', async () => {
    const { port, program } = plain;
    const rss = async (): Promise<number> => {
      const { answers } = await converse(port, get('/promregatorMetrics'), 1);
      return Number(/^promregator_process_resident_memory_bytes (\S+)$/m.exec(answers[0]?.body ?? '')?.[1]);
    };
    const before = await rss();
    for (let round = 0; round < 10; round += 1) {
      const asked = Array.from({ length: 1_000 }, (_, index) => get('/discovery', basic(`wrong-${round}-${index}`)));
      const { answers } = await converse(port, asked.join(''), 1_000);
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
    }
    expect((await rss()) - before).toBeLessThan(100 * MEBIBYTE);
    expect((await converse(port, get('/discovery', basic(PASSWORD)), 1)).answers[0]?.status).toBe(200);
    expect(program.output()).not.toMatch(/wrong-|hunter2|Basic /);
  });

  test.each([
    ['of 15 KB', basic('x'.repeat(11_000)), 401],
    ['without padding', 'Authorization: Basic cHJvbXJlZ2F0b3I6eA', 401],
    ['that is no Base64', 'Authorization: Basic ====', 401],
    ['in another alphabet', 'Authorization: Basic -_-_', 401],
    ['without a colon', `Authorization: Basic ${Buffer.from('promregator').toString('base64')}`, 401],
    ['with NUL behind the password', basic(`${PASSWORD}\0`), 401],
    ['that is nothing', 'Authorization:', 401],
    ['twice, the wrong one first', `${basic('wrong')}\r\n${basic(PASSWORD)}`, 401],
    ['with two schemes', `Authorization: Bearer x, ${basic(PASSWORD).slice(15)}`, 401],
    ['with a bare NUL', 'Authorization: Basic \0', 400],
  ])('credentials %s', async (_, header, status) => {
    const { port, program } = plain;
    expect((await converse(port, get('/discovery', header), 1)).answers.map((answer) => answer.status)).toEqual([
      status,
    ]);
    expect((await converse(port, get('/discovery', basic(PASSWORD)), 1)).answers[0]?.status).toBe(200);
    expect(program.output()).not.toMatch(/hunter2|Basic /);
  });

  test('hundreds at once that bcrypt has to look at do not keep others from being served', async () => {
    const { port } = hashed;
    const status = async (path: string, ...headers: readonly string[]): Promise<number | undefined> =>
      (await converse(port, get(path, ...headers), 1)).answers[0]?.status;
    expect(await status('/discovery', basic(PASSWORD))).toBe(200);
    const guesses = Array.from({ length: 300 }, (_, index) => status('/discovery', basic(`wrong-${index}`)));
    const served = await Promise.all([status('/discovery', basic(PASSWORD)), status('/-/healthy')]);
    expect(served).toEqual([200, 200]);
    const heard = await Promise.all(guesses);
    expect(new Set(heard)).toEqual(new Set([401, 503]));
    expect(await status('/discovery', basic(PASSWORD))).toBe(200);
  });
});

/** What this process may open, less what it has open besides. */
function mostSockets(): number {
  const limit = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
  return Number(limit ?? 1_024) - 300;
}

const IDLE = Math.min(10_000, mostSockets());

/** These wait for the limits of time, so they wait together. */
describe('slow callers', { timeout: 90_000 }, () => {
  test.concurrent('a head that comes a byte a second is cut off', async ({ expect: expectHere }) => {
    const socket = connect(attacked.port, '127.0.0.1');
    const heard = listenTo(socket, 'end');
    let sent = 0;
    const drip = setInterval(() => socket.write(HEALTHY[sent++] ?? ''), 930);
    // What is written to a connection that has ended resets it, and the answer may go with it: no byte near the limit.
    socket.once('data', () => clearInterval(drip));
    const { answers, end } = await heard;
    clearInterval(drip);
    expectHere([answers.map(({ status }) => status), end]).toEqual([[408], 'closed']);
  });

  test.concurrent('a connection on which nothing comes is ended without a word', async ({ expect: expectHere }) => {
    expectHere(await converse(attacked.port, '', 'end')).toEqual({ answers: [], end: 'closed', rest: '' });
  });
});

/** Alone: a crowd beyond the bound sends others away that have not asked yet. */
describe('crowds', { timeout: 90_000 }, () => {
  test(`${IDLE} idle connections let a scrape through and go in the end`, async ({ expect: expectHere }) => {
    const before = await residentBytes();
    let open = 0;
    const sockets: Socket[] = [];
    for (let count = 0; count < IDLE; count += 100) {
      await Promise.all(
        Array.from({ length: 100 }, () => {
          const socket = connect(attacked.port, '127.0.0.1').resume();
          sockets.push(socket);
          socket.on('close', () => (open -= 1));
          return new Promise<void>((resolve) => {
            socket.once('error', () => resolve());
            socket.once('connect', () => {
              open += 1;
              resolve();
            });
          });
        }),
      );
    }
    expectHere(await ownMetric('promregator_inbound_connections')).toBeGreaterThan(IDLE / 4);
    expectHere(await isServed()).toBe(true);
    expectHere((await residentBytes()) - before).toBeLessThan(400 * MEBIBYTE);
    await waitUntil(() => open <= 0, { within: 60_000, describe: () => open });
    for (const socket of sockets) socket.destroy();
    expectHere(await isServed()).toBe(true);
  });
});
