import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { manualClock } from '../../../test/support/manual-clock.js';
import { directoryOf } from '../../../test/support/scrape/directory.js';
import { familyMessage, familyNames, SENT_TYPES, serves } from '../../../test/support/scrape/exposition-bodies.js';
import { ask, askText, PROMETHEUS_HEADERS } from '../../../test/support/scrape/question.js';
import { scrapedInstance } from '../../../test/support/scrape/scraped-instance.js';

const HOUR_MS = 3_600_000;
const OWN = '# TYPE promregator_up gauge\npromregator_up 0.5\n';
const FILL = '# filling\n'.repeat(200_000);

function warnings(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => line.includes('exports names of ours'));
}

describe('an application that exports our names itself', () => {
  test.each([
    ['text', OWN, SENT_TYPES.text],
    ['text over 1 MiB, at its start', OWN + FILL, SENT_TYPES.text],
    ['text over 1 MiB, at its end', FILL + OWN, SENT_TYPES.text],
    ['OpenMetrics', `${OWN}# EOF\n`, SENT_TYPES.openmetrics],
    ['OpenMetrics over 1 MiB, at its end', `${FILL}${OWN}# EOF\n`, SENT_TYPES.openmetrics],
  ])('in %s gets its own bytes back, and one warning', async (_, body, type) => {
    const { url, proxy } = await scrapedInstance(serves(Buffer.from(body), type));
    for (let round = 0; round < 3; round += 1) {
      const [status, text] = await askText(url);
      expect([status, text === body]).toEqual([200, true]);
    }
    expect(warnings(proxy.log)).toEqual([expect.stringContaining('promregator_up')]);
  });

  test('in protobuf gets its own bytes back', async () => {
    const body = Buffer.concat([familyMessage('app_jobs'), familyMessage('promregator_scrape_duration_seconds')]);
    const { url, proxy } = await scrapedInstance(serves(body, SENT_TYPES.protobuf));
    expect(familyNames((await ask(url)).body)).toEqual(['app_jobs', 'promregator_scrape_duration_seconds']);
    expect(warnings(proxy.log)).toHaveLength(1);
  });

  test('in gzip that nobody asked for is found too', async () => {
    const { url, proxy } = await scrapedInstance((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(OWN));
    });
    const first = await ask(url, { headers: PROMETHEUS_HEADERS });
    expect([first.headers['content-encoding'], first.body.toString()]).toEqual([undefined, OWN]);
    const second = await ask(url, { headers: PROMETHEUS_HEADERS });
    expect([second.headers['content-encoding'], second.body.equals(gzipSync(OWN))]).toEqual(['gzip', true]);
    expect(warnings(proxy.log)).toHaveLength(1);
  });

  test.each([
    ['in a help text', '# HELP app_up See promregator_up 1\napp_up 1\n'],
    ['in a label', '# HELP app_up Up.\napp_up{name="promregator_up"} 1\n'],
    ['as a part of a longer name', '# HELP my_promregator_up Up.\nmy_promregator_up 1\npromregator_up_total 1\n'],
  ])('does not do so by a mention %s', async (_, body) => {
    const { url } = await scrapedInstance(serves(Buffer.from(body), SENT_TYPES.text));
    expect((await askText(url))[1]).toContain('\npromregator_up 1\n');
  });
});

describe('the search', () => {
  test('is made in the first scrape and once an hour, not in each', async () => {
    const clock = manualClock();
    let body = '# HELP app_jobs Jobs.\napp_jobs 7\n';
    const { url, instance, proxy } = await scrapedInstance(
      (request, response) => serves(Buffer.from(body), SENT_TYPES.text)(request, response),
      { clock },
    );
    const scrape = async (): Promise<string> => {
      await ask(url, { headers: PROMETHEUS_HEADERS });
      return String(instance.requests.at(-1)?.headers['accept-encoding']);
    };
    expect([await scrape(), await scrape()]).toEqual(['identity', 'gzip']);
    body = OWN;
    clock.advance(HOUR_MS - 1);
    expect([await scrape(), warnings(proxy.log).length]).toEqual(['gzip', 0]);
    clock.advance(1);
    expect([await scrape(), await scrape(), warnings(proxy.log).length]).toEqual(['identity', 'gzip', 1]);
    expect((await askText(url))[1]).toBe(OWN);
    body = '# HELP app_jobs Jobs.\napp_jobs 7\n';
    clock.advance(HOUR_MS);
    expect([await scrape(), (await askText(url))[1].includes('promregator_up 1\n')]).toEqual(['identity', true]);
  });

  test('is made again when the scrape failed: the application may just be starting', async () => {
    let isStarting = true;
    const { url } = await scrapedInstance((request, response) => {
      if (isStarting) response.writeHead(503).end();
      else serves(Buffer.from(OWN), SENT_TYPES.text)(request, response);
    });
    expect((await askText(url))[0]).toBe(502);
    isStarting = false;
    expect(await askText(url)).toEqual([200, OWN]);
  });

  test('is made again for an instance that left and came back', async () => {
    const { url, instance, proxy, target } = await scrapedInstance(serves(Buffer.from(OWN), SENT_TYPES.text));
    await ask(url, { headers: PROMETHEUS_HEADERS });
    proxy.replace(directoryOf());
    proxy.replace(directoryOf(target));
    await ask(url, { headers: PROMETHEUS_HEADERS });
    expect(instance.requests.map(({ headers }) => headers['accept-encoding'])).toEqual(['identity', 'identity']);
  });
});
