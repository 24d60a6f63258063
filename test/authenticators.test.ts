import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { type Demanded, deployDemanding } from './support/demanding-application.js';
import { configFor, type PromregatorProcess } from './support/promregator-process.js';
import { reloadWith, scrape, startReady } from './support/ready-program.js';
import { temporaryFolder } from './support/temporary-folder.js';

const SECRET = 'hidden-4711';
const SCOPE = 'metrics.read';
const UAA = 'https://uaa.sys.sim.example';

const CLIENT = { secret: SECRET, grants: ['client_credentials'], authorities: [SCOPE, 'other.read'] };
const CLIENTS = ['by-secret', 'by-certificate', 'by-old-name'].map((id) => ({ id, ...CLIENT }));

const folder = temporaryFolder();
const tokenFile = join(folder.path, 'token');
writeFileSync(tokenFile, `${SECRET}-in-a-file\n`);

const BASIC = { type: 'basic', basic: { username: 'grüße', password: `${SECRET}:ö` } };
const BY_SECRET = { tokenServiceURL: UAA, client_id: 'by-secret', client_secret: SECRET };

interface Row {
  readonly demands: Demanded;
  readonly authenticator: object;
  /** Without this: 200. */
  readonly refused?: RegExp;
}

const TOKEN = { scheme: 'uaa-token', scope: SCOPE } as const;

let simulator: Simulator;
let program: PromregatorProcess;
let rows: Readonly<Record<string, Row>>;
const guids = new Map<string, string>();

const NAMES = [
  'none',
  'basic',
  'basic-wrong',
  'bearer-text',
  'bearer-file',
  'bearer-wrong',
  'oauth2-secret',
  'oauth2-one-scope',
  'oauth2-without-scope',
  'oauth2-certificate',
  'oauth2-other-certificate',
  'oauth2-old-name',
] as const;

async function makeRows(): Promise<Record<(typeof NAMES)[number], Row>> {
  const right = await simulator.certificates.clientCertificate('by-certificate');
  const other = await simulator.certificates.clientCertificate('somebody');
  const byCertificate = ({ cert, key }: typeof right): object => ({
    type: 'OAuth2XSUAACertificate',
    oauth2xsuaaCertificate: {
      tokenServiceCertURL: `${UAA}/oauth/mtls/token`,
      client_id: 'by-certificate',
      client_certificates: cert.toString(),
      client_key: key.toString(),
    },
  });
  const bySecret = (more: object = {}): object => ({
    type: 'OAuth2XSUAABasic',
    oauth2xsuaaBasic: { ...BY_SECRET, ...more },
  });
  const basic = { scheme: 'basic', username: 'grüße', password: `${SECRET}:ö` } as const;
  return {
    none: { demands: basic, authenticator: { type: 'none' }, refused: /answered 401 \(the rule may need an authent/ },
    basic: { demands: basic, authenticator: BASIC },
    'basic-wrong': {
      demands: { ...basic, password: 'another' },
      authenticator: BASIC,
      refused: /answered 401 to the credentials of the rule's authenticator/,
    },
    'bearer-text': {
      demands: { scheme: 'bearer', token: SECRET },
      authenticator: { type: 'bearer', bearer: { token: SECRET } },
    },
    'bearer-file': {
      demands: { scheme: 'bearer', token: `${SECRET}-in-a-file` },
      authenticator: { type: 'bearer', bearer: { tokenFile } },
    },
    'bearer-wrong': {
      demands: { scheme: 'bearer', token: 'another' },
      authenticator: { type: 'bearer', bearer: { token: SECRET } },
      refused: /answered 401 to the credentials of the rule's authenticator/,
    },
    'oauth2-secret': { demands: TOKEN, authenticator: bySecret() },
    'oauth2-one-scope': { demands: TOKEN, authenticator: bySecret({ scopes: [SCOPE] }) },
    'oauth2-without-scope': {
      demands: TOKEN,
      authenticator: bySecret({ scopes: ['other.read'] }),
      refused: /answered 403 to the credentials of the rule's authenticator/,
    },
    'oauth2-certificate': { demands: TOKEN, authenticator: byCertificate(right) },
    'oauth2-other-certificate': {
      demands: TOKEN,
      authenticator: byCertificate(other),
      refused: /uaa\.sys\.sim\.example\/oauth\/mtls\/token refuses the client by-certificate \(401 invalid_client/,
    },
    'oauth2-old-name': {
      demands: TOKEN,
      authenticator: { type: 'OAuth2XSUAA', oauth2xsuaa: { ...BY_SECRET, client_id: 'by-old-name' } },
    },
  };
}

function rowOf(name: string): Row {
  const row = rows[name];
  if (row === undefined) throw new Error(`there is no row ${name}`);
  return row;
}

/** One program for all rows: each has an application, a rule and an authenticator of its own. */
beforeAll(async () => {
  simulator = await startSimulator({
    applications: 0,
    clients: CLIENTS,
    token: { clientCertificates: 'offered' },
  });
  rows = await makeRows();
  for (const [name, { demands }] of Object.entries(rows)) {
    guids.set(name, deployDemanding(simulator, name, { credentials: demands }));
  }
  program = await startReady({
    config: {
      ...configFor(simulator, {
        // Whoever used it for a rule that names another one would be found out.
        authenticator: { type: 'bearer', bearer: { token: 'of-nobody' } },
        targetAuthenticators: NAMES.map((id) => ({ id, ...rowOf(id).authenticator })),
        targets: NAMES.map((name) => ({ applicationName: name, authenticatorId: name })),
      }),
      logging: { level: { root: 'TRACE' } },
    },
    args: ['--web.enable-lifecycle'],
  });
});

afterAll(async () => {
  await program?.stop();
  await simulator.stop();
  folder.remove();
});

async function expectScraped(name: string): Promise<void> {
  const { refused } = rowOf(name);
  const { status, text } = await scrape(program, guids.get(name) ?? '');
  if (refused === undefined) {
    expect([status, text]).toEqual([200, expect.stringContaining('promregator_up')]);
    return;
  }
  expect([status, text]).toEqual([502, expect.stringMatching(refused)]);
  expect(text).not.toContain(SECRET);
}

describe('an application that demands credentials', () => {
  test.each(NAMES)("is scraped by the rule's authenticator: %s", expectScraped);

  test.each(NAMES)('is scraped by the default authenticator: %s', async (name) => {
    await reloadWith(
      program,
      configFor(simulator, {
        authenticator: rowOf(name).authenticator,
        targetAuthenticators: [{ id: 'of-nobody', type: 'bearer', bearer: { token: 'of-nobody' } }],
        targets: [{ applicationName: name }],
      }),
    );
    await expectScraped(name);
  });

  test('one that names no type is the default one, one that is called null is none', async () => {
    const { authenticator } = rowOf('basic');
    const targetAuthenticators = [{ id: 'like-default' }, { id: 'nothing', type: 'null' }];
    const targets = [
      { applicationName: 'basic', authenticatorId: 'like-default' },
      { applicationName: 'basic-wrong', authenticatorId: 'nothing' },
    ];
    await reloadWith(program, configFor(simulator, { authenticator, targetAuthenticators, targets }));
    await expectScraped('basic');
    const { status, text } = await scrape(program, guids.get('basic-wrong') ?? '');
    expect([status, text]).toEqual([502, expect.stringContaining('answered 401 (the rule may need an')]);
  });

  test('neither secret nor token is printed, at any level', async () => {
    const shown = await Promise.all(
      ['/debug/discovery', '/promregatorMetrics', '/discovery'].map(async (path) => {
        return await (await fetch(`${program.url}${path}`)).text();
      }),
    );
    const all = [program.output(), ...shown].join('\n');
    expect(all).toContain('basic-wrong');
    expect(all).not.toMatch(/hidden-4711|eyJ[\w-]{20}|PRIVATE KEY/);
    expect(all).not.toContain(Buffer.from(`grüße:${SECRET}:ö`).toString('base64'));
  });
});

interface Encoding {
  readonly uaa: 'new' | 'compatible' | 'old';
  readonly id: string;
  readonly secret: string;
}

const ODD: readonly (readonly [string, string])[] = [
  ['per%cent', '100%25%zz%'],
  ['plus+one', 'a+b+'],
  ['a:colon', ':x:'],
  ['grüße', 'Schlüssel€'],
  ['with blank', ' two  blanks '],
  ['all&of=them', '%+: ü&=?#"\\'],
];

const VERSIONS = ['new', 'compatible', 'old'] as const;

describe('ids and secrets with any characters', () => {
  const simulators = new Map<string, Simulator>();
  let asking: PromregatorProcess;
  const encodings: readonly Encoding[] = VERSIONS.flatMap((uaa) => ODD.map(([id, secret]) => ({ uaa, id, secret })));
  const nameOf = ({ uaa, id }: Encoding, by: 'form' | 'basic'): string => {
    return `${uaa}-${ODD.findIndex(([each]) => each === id)}-${by}`;
  };
  const cases = encodings.flatMap((each) => (['form', 'basic'] as const).map((by) => ({ each, by })));
  const guidOf = new Map<string, string>();

  beforeAll(async () => {
    for (const [index, uaa] of VERSIONS.entries()) {
      const started = await startSimulator({
        seed: index + 10,
        applications: 0,
        systemDomain: `sys.${uaa}.example`,
        appsDomain: `apps.${uaa}.example`,
        token: { uaaVersion: uaa },
        clients: ODD.map(([id, secret]) => ({ id, ...CLIENT, secret })),
      });
      simulators.set(uaa, started);
      for (const each of cases.filter(({ each }) => each.uaa === uaa)) {
        const name = nameOf(each.each, each.by);
        guidOf.set(name, deployDemanding(started, name, { credentials: TOKEN }));
      }
      // A service that takes id and secret by Basic only: what comes first, in the form body, is refused.
      const action = { type: 'status', status: 401, form: 'uaa', title: 'invalid_client' } as const;
      for (const [number] of ODD.entries()) {
        started.faults.add({ kind: 'token', path: `by=${uaa}-${number}-basic$`, times: 1, action });
      }
    }
    const all = [...simulators];
    asking = await startReady({
      config: {
        foundations: all.map(([name, each]) => ({ name, ...configFor(each).cf })),
        promregator: {
          connectTo: all.flatMap(([, { connectTo }]) => connectTo),
          scraping: { tls_config: { ca: all.map(([, { certificates }]) => certificates.ca.toString()).join('\n') } },
          targetAuthenticators: cases.map(({ each, by }) => ({
            id: nameOf(each, by),
            type: 'OAuth2XSUAABasic',
            oauth2xsuaaBasic: {
              tokenServiceURL: `https://uaa.sys.${each.uaa}.example/oauth/token?by=${nameOf(each, by)}`,
              client_id: each.id,
              client_secret: each.secret,
            },
          })),
          targets: cases.map(({ each, by }) => ({
            applicationName: nameOf(each, by),
            authenticatorId: nameOf(each, by),
          })),
        },
      },
    });
  });

  afterAll(async () => {
    await asking?.stop();
    for (const each of simulators.values()) await each.stop();
  });

  test.each(encodings)('$id by the form body, UAA $uaa', async (each) => {
    expect(await scrape(asking, guidOf.get(nameOf(each, 'form')) ?? '')).toMatchObject({ status: 200 });
  });

  // Old ones do not decode Basic (facts/cloud-foundry.md 2.1), which is why the form body comes first.
  test.each(encodings)('$id by Basic, UAA $uaa', async (each) => {
    const { status, text } = await scrape(asking, guidOf.get(nameOf(each, 'basic')) ?? '');
    if (each.uaa !== 'old') {
      expect([status, text]).toEqual([200, expect.stringContaining('promregator_up')]);
      return;
    }
    expect([status, text]).toEqual([502, expect.stringContaining('with id and secret elsewhere: 401 unauthorized')]);
    expect(text).not.toContain(each.secret);
  });
});
