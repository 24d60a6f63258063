import type { Milliseconds } from '../../src/base/duration.js';
import { createDomain, createOrganization, createSpace, deployApplication } from './creation.js';
import { nameFor } from './names.js';
import type { Organization, Space } from './records.js';
import type { WorldState } from './state.js';

export interface GenerateOptions {
  readonly organizations: number;
  readonly spaces: number;
  readonly applications: number;
  readonly instances: number;
  readonly appsDomain: string;
  readonly domains: readonly string[];
}

/** Fixed, so that a world is the same whenever it is made: 2025-01-01. */
const FIRST_CREATED_MS: Milliseconds = 1_735_689_600_000;

const TEAMS = ['checkout', 'identity', 'logistics', 'search', 'billing'] as const;
const STAGES = ['dev', 'test', 'prod'] as const;

/** Numbers from which the names of each kind are made, so that an organization and an application seldom share one. */
const SPACE_OFFSET = 211;
const APPLICATION_OFFSET = 977;

/** Fills an empty world. The totals are exactly those asked for; who gets how many varies with the seed. */
export function generateWorld(state: WorldState, options: GenerateOptions): void {
  let createdMs = FIRST_CREATED_MS;
  const later = (): Milliseconds => {
    createdMs += 1000 * (1 + state.random.below(300));
    return createdMs;
  };
  for (const name of [options.appsDomain, ...options.domains]) createDomain(state, { name, createdMs: later() });
  createDomain(state, { name: 'apps.internal', internal: true, createdMs: later() });

  const organizations: Organization[] = [];
  for (let number = 0; number < options.organizations; number += 1) {
    organizations.push(createOrganization(state, { name: `${nameFor(number, 0)}-org`, createdMs: later() }));
  }
  const spaces: Space[] = [];
  for (let number = 0; number < options.spaces; number += 1) {
    const organization = spread(state, organizations, number);
    const name = `${nameFor(number, SPACE_OFFSET)}-space`;
    spaces.push(createSpace(state, { name, organization: organization.guid, createdMs: later() }));
  }
  for (let number = 0; number < options.applications; number += 1) {
    const stage = pick(state, STAGES);
    deployApplication(state, {
      name: nameFor(number, APPLICATION_OFFSET),
      space: spread(state, spaces, number).guid,
      instances: options.instances,
      labels: { team: pick(state, TEAMS), env: stage },
      annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/path': '/metrics' },
      createdMs: later(),
    });
  }
  // The past of a generated world is not told: events begin when the world starts to change.
  state.events.length = 0;
}

/** Each gets one as long as they last, the rest fall where the seed says. */
function spread<T>(state: WorldState, items: readonly T[], number: number): T {
  const item = items[number < items.length ? number : state.random.below(items.length)];
  if (item === undefined)
    throw new RangeError('A world with spaces needs an organization, one with applications a space');
  return item;
}

function pick<T>(state: WorldState, items: readonly [T, ...T[]]): T {
  return items[state.random.below(items.length)] ?? items[0];
}
