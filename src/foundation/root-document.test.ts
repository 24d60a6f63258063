import { expect, test } from 'vitest';
import { isOlder, readRoot } from './root-document.js';

const LOGIN = { href: 'https://login.example.org' };
const V3 = { href: 'https://api.example.org/v3', meta: { version: '3.228.0' } };

test.each<[string, unknown, ReturnType<typeof readRoot>]>([
  [
    'both',
    { login: LOGIN, uaa: { href: 'https://uaa.example.org' }, cloud_controller_v3: V3 },
    { loginUrl: 'https://login.example.org', apiVersion: '3.228.0', tooOld: false },
  ],
  [
    'uaa only',
    { uaa: { href: 'https://uaa.example.org/' } },
    { loginUrl: 'https://uaa.example.org', apiVersion: undefined, tooOld: false },
  ],
  [
    'login null',
    { login: null, uaa: { href: 'https://uaa.example.org' }, cloud_controller_v3: V3 },
    { loginUrl: 'https://uaa.example.org', apiVersion: '3.228.0', tooOld: false },
  ],
  [
    'login without href',
    { login: { href: null }, uaa: { href: 'https://uaa.example.org' } },
    { loginUrl: 'https://uaa.example.org', apiVersion: undefined, tooOld: false },
  ],
  [
    'unconfigured links',
    {
      login: LOGIN,
      cloud_controller_v3: V3,
      credhub: null,
      routing: null,
      logging: null,
      log_cache: null,
      log_stream: null,
    },
    { loginUrl: 'https://login.example.org', apiVersion: '3.228.0', tooOld: false },
  ],
  [
    'links of an operator',
    { login: LOGIN, cloud_controller_v3: V3, custom: 'text', other: 7 },
    { loginUrl: 'https://login.example.org', apiVersion: '3.228.0', tooOld: false },
  ],
  [
    'Korifi',
    {
      self: { href: 'https://api.example.org', meta: { version: '' } },
      cloud_controller_v3: { href: 'https://api.example.org/v3', meta: { version: '3.117.0+cf-k8s' } },
      login: { href: 'https://api.example.org', meta: { version: '' } },
      uaa: null,
      credhub: null,
    },
    { loginUrl: 'https://api.example.org', apiVersion: '3.117.0+cf-k8s', tooOld: false },
  ],
  [
    'no version',
    { login: LOGIN, cloud_controller_v3: { href: 'x', meta: {} } },
    { loginUrl: 'https://login.example.org', apiVersion: undefined, tooOld: false },
  ],
  [
    'no v3 link',
    { login: LOGIN, cloud_controller_v3: null },
    { loginUrl: 'https://login.example.org', apiVersion: undefined, tooOld: false },
  ],
  [
    'too old',
    { login: LOGIN, cloud_controller_v3: { meta: { version: '3.83.9' } } },
    { loginUrl: 'https://login.example.org', apiVersion: '3.83.9', tooOld: true },
  ],
  [
    'a path and a port',
    { login: { href: 'http://127.0.0.1:8080/uaa/' } },
    { loginUrl: 'http://127.0.0.1:8080/uaa', apiVersion: undefined, tooOld: false },
  ],
  ['neither', { self: { href: 'https://api.example.org' } }, undefined],
  ['both null', { login: null, uaa: null }, undefined],
  ['no URL', { login: { href: 'ssh.example.org:2222' }, uaa: { href: '' } }, undefined],
])('links: %s', (_, links, endpoints) => {
  expect(readRoot({ links })).toEqual(endpoints);
});

test.each([[undefined], [null], ['<html>'], [[]], [{}], [{ links: null }], [{ links: [] }]])(
  '%j is no root document',
  (document) => {
    expect(readRoot(document)).toBe(undefined);
  },
);

test.each<[string, boolean]>([
  ['3.84.0', false],
  ['3.84', false],
  ['3.83.99', true],
  ['3.9.0', true],
  ['3.100.0', false],
  ['2.200.0', true],
  ['4', false],
  ['3.83.0+cf-k8s', true],
  ['3.84.0-rc.1', false],
  ['', false],
  ['unknown', false],
])('%s is older than 3.84.0: %s', (version, older) => {
  expect(isOlder(version, '3.84.0')).toBe(older);
});
