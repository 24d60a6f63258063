import { expect, test } from 'vitest';
import { classifyContentType } from './content-type.js';

const TEXT = 'text/plain; version=0.0.4; charset=utf-8';
const OM_1 = 'application/openmetrics-text; version=1.0.0; charset=utf-8';
const OM_0 = 'application/openmetrics-text; version=0.0.1; charset=utf-8';
const PROTO = 'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited';

test.each([
  [undefined, TEXT],
  ['', TEXT],
  ['   ', TEXT],
  ['text', TEXT],
  [';version=0.0.4', TEXT],
  ['text/plain', TEXT],
  ['TEXT/PLAIN; VERSION=0.0.4', TEXT],
  ['text/plain; version=9.9.9', TEXT],
  ['text/plain; version=0.0.4;', TEXT],
  ['text/plain; charset', TEXT],
  ['text/plain; version=0.0.4, text/plain', TEXT],
  ['text/plain;charset=ISO-8859-1', TEXT],
  ['text/plain; version=0.0.4; charset=utf-8; escaping=underscores', `${TEXT}; escaping=underscores`],
  ['text/plain; escaping=nonsense', TEXT],
  [OM_1, OM_1],
  ['Application/OpenMetrics-Text;version=1.0.0', OM_1],
  ['application/openmetrics-text; version="1.0.0"; charset="utf-8"', OM_1],
  ['application/openmetrics-text', OM_0],
  ['application/openmetrics-text; version=0.0.1', OM_0],
  ['application/openmetrics-text; version=0.0.1; version=1.0.0', OM_0],
  ['application/openmetrics-text; version=1.1.0', OM_1],
  ['application/openmetrics-text; version=2.0.0', OM_1],
  ['application/openmetrics-text;version=1.0.0;escaping=allow-utf-8', `${OM_1}; escaping=allow-utf-8`],
  ['application/openmetrics-text;version=1.0.0;escaping="dots"', `${OM_1}; escaping=dots`],
  [PROTO, PROTO],
  ['application/vnd.google.protobuf', PROTO],
  [`${PROTO}; escaping=values`, `${PROTO}; escaping=values`],
  ['application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=text', undefined],
  ['application/vnd.google.protobuf; proto=my.Message; encoding=delimited', undefined],
  ['text/html', undefined],
  ['application/json', undefined],
  ['application/text', undefined],
  ['text/plainer', undefined],
])('%s is sent on as %s', (value, contentType) => {
  expect(classifyContentType(value)?.contentType).toBe(contentType);
});

test.each([
  [TEXT, 'text'],
  ['application/openmetrics-text', 'openmetrics'],
  [PROTO, 'protobuf'],
] as const)('%s is %s', (value, format) => {
  expect(classifyContentType(value)?.format).toBe(format);
});
