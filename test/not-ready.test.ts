import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type FaultAction, type Simulator, startSimulator } from '../simulator/simulator.js';
import { configFor, type PromregatorProcess, startPromregator } from './support/promregator-process.js';
import { waitUntil } from './support/wait-until.js';

let simulator: Simulator;
let promregator: PromregatorProcess;

beforeAll(async () => {
  simulator = await startSimulator({ applications: 2, instances: 1 });
});

afterEach(async () => {
  simulator.faults.clear();
  await promregator.stop();
});

afterAll(() => simulator.stop());

const LISTS = ['organizations', 'spaces', 'apps', 'processes', 'routes', 'domains'] as const;
const SAYS_MORE = '; /discovery and the log say more.';

const onLists = (action: FaultAction) => (): void => {
  for (const kind of LISTS) simulator.faults.add({ kind, action });
};
const onToken = (action: FaultAction) => (): void => {
  simulator.faults.add({ kind: 'token', action });
};

interface Lack {
  readonly of: string;
  readonly begin: () => void;
  /** What anybody hears. */
  readonly open: string;
  /** What those hear who may see the targets. */
  readonly told: RegExp;
}

const LACKS: readonly Lack[] = [
  {
    of: 'while nothing has come yet',
    begin: onLists({ type: 'hang', when: 'before_head' }),
    open: 'its lists are being read.',
    told: /its lists are being read/,
  },
  {
    of: 'of an API that fails',
    begin: onLists({ type: 'status', status: 503, form: 'html' }),
    open: `the API of Cloud Foundry answers with an error${SAYS_MORE}`,
    told: /503/,
  },
  {
    of: 'of an API that breaks off',
    begin: onLists({ type: 'reset', when: 'before_head' }),
    open: `the API of Cloud Foundry gives no complete answer${SAYS_MORE}`,
    told: /api\.sys\.sim\.example/,
  },
  {
    of: 'of an API that answers pages',
    begin: onLists({ type: 'html' }),
    open: `the API of Cloud Foundry answers with something other than lists${SAYS_MORE}`,
    told: /text\/html/,
  },
  {
    of: 'of a login that is refused',
    begin: onToken({ type: 'status', status: 401, form: 'uaa', title: 'unauthorized', detail: 'Bad credentials' }),
    open: `Cloud Foundry refuses the login${SAYS_MORE}`,
    told: /Bad credentials/,
  },
  {
    of: 'of a UAA that fails',
    begin: onToken({ type: 'status', status: 502, form: 'html' }),
    open: `no token can be had from Cloud Foundry${SAYS_MORE}`,
    told: /502/,
  },
];

test.each(LACKS)(
  'why we are not ready $of: /-/ready says it in words, without names',
  async ({ begin, open, told }) => {
    begin();
    promregator = await startPromregator({ config: configFor(simulator) });
    const ask = async (path: string): Promise<string> => {
      const answer = await fetch(promregator.url + path);
      return `${answer.status} ${await answer.text()}`;
    };
    await waitUntil(async () => (await ask('/-/ready')) === `503 There is no complete list of targets yet: ${open}\n`, {
      within: 10_000,
      describe: async () => [await ask('/-/ready'), promregator.log()],
    });
    expect(await ask('/discovery')).toMatch(told);
  },
);
