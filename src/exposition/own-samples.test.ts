import { expect, test } from 'vitest';
import { leadingOpenMetricsSamples, ownDocument, ownSamples } from './own-samples.js';

const OUTCOME = { up: 1, durationSeconds: 0.0123456789 } as const;
const HELP_UP = '# HELP promregator_up Whether Promregator got metrics from the instance (1) or not (0).\n';
const HELP_DURATION =
  '# HELP promregator_scrape_duration_seconds Time that Promregator took to get metrics from the instance.\n';
const UP = `${HELP_UP}# TYPE promregator_up gauge\npromregator_up 1\n`;
const UP_AFTER = `${HELP_UP}# TYPE promregator_up gauge\n# UNIT promregator_up \npromregator_up 1\n`;
const DURATION = `${HELP_DURATION}# TYPE promregator_scrape_duration_seconds gauge\npromregator_scrape_duration_seconds 0.012346\n`;

test.each([
  ['text behind a body', ownSamples('text', OUTCOME), `\n${UP}${DURATION}`],
  ['text alone', ownDocument('text', OUTCOME), `${UP}${DURATION}`],
  ['OpenMetrics behind a body', ownSamples('openmetrics', OUTCOME), `${UP_AFTER}${DURATION}`],
  ['OpenMetrics alone', ownDocument('openmetrics', OUTCOME), `${UP}${DURATION}# EOF\n`],
  [
    'OpenMetrics ahead of a body',
    leadingOpenMetricsSamples(OUTCOME),
    `${UP}${DURATION}# TYPE promregator_end unknown\n`,
  ],
])('%s', (_, bytes, text) => {
  expect(bytes.toString()).toBe(text);
});

test('a failure says 0', () => {
  expect(ownDocument('text', { up: 0, durationSeconds: 5 }).toString()).toMatch(/^promregator_up 0$/m);
});

/** Reads the length-delimited fields of a message, as far as these messages go. */
function fieldsOf(message: Buffer): Map<number, Buffer | number> {
  const fields = new Map<number, Buffer | number>();
  for (let at = 0; at < message.length; ) {
    const tag = message.readUInt8(at);
    const next = message.readUInt8(at + 1);
    if (tag % 8 === 2) {
      fields.set(tag >> 3, message.subarray(at + 2, at + 2 + next));
      at += 2 + next;
    } else if (tag % 8 === 1) {
      fields.set(tag >> 3, message.readDoubleLE(at + 1));
      at += 9;
    } else {
      fields.set(tag >> 3, next);
      at += 2;
    }
  }
  return fields;
}

/** Messages of up to 16 KiB, each behind its length. */
function messagesOf(bytes: Buffer): Buffer[] {
  const messages: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const low = bytes.readUInt8(at);
    const length = low < 128 ? low : (low & 0x7f) + bytes.readUInt8(at + 1) * 128;
    at += low < 128 ? 1 : 2;
    messages.push(bytes.subarray(at, at + length));
    at += length;
  }
  return messages;
}

test('protobuf holds two gauges', () => {
  const gauges = messagesOf(ownSamples('protobuf', OUTCOME)).map((message) => {
    const family = fieldsOf(message);
    const gauge = fieldsOf(fieldsOf(family.get(4) as Buffer).get(2) as Buffer);
    return [String(family.get(1)), String(family.get(2)), family.get(3), gauge.get(1)];
  });
  expect(gauges).toEqual([
    ['promregator_up', HELP_UP.slice('# HELP promregator_up '.length, -1), 1, 1],
    [
      'promregator_scrape_duration_seconds',
      HELP_DURATION.slice('# HELP promregator_scrape_duration_seconds '.length, -1),
      1,
      OUTCOME.durationSeconds,
    ],
  ]);
});

test('each answer has bytes of its own', () => {
  const first = ownSamples('protobuf', OUTCOME);
  const before = Buffer.from(first);
  ownSamples('protobuf', { up: 0, durationSeconds: 9 });
  expect(first.equals(before)).toBe(true);
});
