import { expect, test } from 'vitest';
import { inventoryOf, ruleOf } from '../../test/support/discovery/selection.js';
import { recordedLog } from '../../test/support/foundation/recorded-log.js';
import { manualClock } from '../../test/support/manual-clock.js';
import type { Rule } from '../discovery/rules.js';
import { foundationScope } from '../discovery/scope.js';
import type { Inventory } from '../foundation/inventory.js';
import { createCurrentDirectory } from '../server/current-directory.js';
import { createDirectories, type Selecting } from './directories.js';
import type { Foundations } from './foundations.js';
import { createPublisher, GRACE_MS } from './publisher.js';

const RULE = ruleOf();

function selecting(foundation: string, rules: readonly Rule[] = [RULE]): Selecting {
  return {
    foundation,
    scope: foundationScope({ rules, pageSize: 1000 }),
    scopeText: '',
    select: {
      rules,
      defaultInternalRoutePort: 8080,
      own: undefined,
      intervalBoundsMs: { min: 1, max: 2 },
      sendsCredentials: () => false,
    },
  };
}

function start(...names: readonly string[]) {
  const inventories = new Map<string, Inventory>();
  const clock = manualClock();
  const logged = recordedLog();
  const current = createCurrentDirectory();
  const directories = createDirectories(clock);
  let selectings = names.map((name) => selecting(name));
  directories.configure(selectings);
  // Of a foundation the publisher looks at its name and its inventory only.
  const foundations = () =>
    ({
      all: selectings.map(({ foundation }) => ({ name: foundation, inventory: inventories.get(foundation) })),
    }) as unknown as Foundations;
  let told = 0;
  const publisher = createPublisher({
    foundations,
    directories,
    current,
    clock,
    log: logged.log,
    onSelected: () => undefined,
    onDirectory: () => {
      told += 1;
    },
  });
  publisher.start();
  function arrivesAs(foundation: string, inventory: Inventory): void {
    inventories.set(foundation, { ...inventory, foundation });
    publisher.publish();
  }
  return {
    current,
    clock,
    logged,
    publisher,
    told: () => told,
    targets: () => current.directory?.targets.map(({ application, key }) => `${application.foundation} ${key}`),
    arrives(foundation: string, ...guids: readonly string[]) {
      arrivesAs(foundation, inventoryOf(guids.map((guid) => ({ guid }))));
    },
    arrivesAs,
    reconfigure(...next: readonly Selecting[]) {
      selectings = [...next];
      directories.configure(next);
      publisher.publish();
    },
  };
}

test('one foundation: nothing before its first inventory, then always the last one', () => {
  const all = start('a');
  expect(all.current.whole).toBe('withheld');
  all.arrives('a', 'a1');
  expect(all.current.whole).toBe('ready');
  all.arrives('a', 'a1', 'a2');
  expect(all.targets()).toEqual(['a a1/0', 'a a2/0']);
  expect(all.told()).toBe(2);
});

test('of several, the whole waits for all of them for a while; who asks for one does not', () => {
  const all = start('a', 'b');
  all.arrives('a', 'a1');
  expect(all.current.whole).toBe('withheld');
  expect(all.targets()).toEqual(['a a1/0']);
  expect([...all.current.missing]).toEqual(['b']);
  all.arrives('b', 'b1');
  expect(all.current.whole).toBe('ready');
  expect(all.targets()).toEqual(['a a1/0', 'b b1/0']);
  expect(all.logged.count('not been read yet')).toBe(0);
});

test('an outage from the start concerns nobody else: after the grace the others are handed out, and it is said once', () => {
  const all = start('a', 'b');
  all.arrives('a', 'a1');
  all.clock.advance(GRACE_MS);
  expect(all.current.whole).toBe('ready');
  all.arrives('a', 'a1', 'a2');
  expect(all.targets()).toEqual(['a a1/0', 'a a2/0']);
  expect(all.logged.count('not been read yet')).toBe(1);
  all.arrives('b', 'b1');
  expect(all.current.missing.size).toBe(0);
});

test('without any inventory the end of the grace brings no empty list', () => {
  const all = start('a', 'b');
  all.clock.advance(GRACE_MS);
  expect(all.current.whole).toBe('withheld');
  expect(all.current.directory).toBeUndefined();
});

test('a foundation that a new configuration adds takes nothing away', () => {
  const all = start('a');
  all.arrives('a', 'a1');
  all.reconfigure(selecting('a'), selecting('b'));
  expect(all.current.whole).toBe('ready');
  expect(all.targets()).toEqual(['a a1/0']);
  all.reconfigure(selecting('b'));
  expect(all.targets(), 'nothing is known of b yet').toEqual(['a a1/0']);
  all.arrives('b', 'b1');
  expect(all.targets()).toEqual(['b b1/0']);
});

test('rules that ask for more than the inventory holds leave the old targets until it does', () => {
  const all = start('a');
  const dev: Rule = { ...RULE, organization: { kind: 'name', name: 'Acme' }, space: { kind: 'name', name: 'dev' } };
  all.reconfigure(selecting('a', [dev]));
  all.arrivesAs('a', { ...inventoryOf([{ guid: 'a1' }]), plan: { spaces: new Set(['dev']) } });
  expect(all.targets()).toEqual(['a a1/0']);
  all.reconfigure(selecting('a', [{ ...RULE, name: 'wider' }]));
  expect(all.targets(), 'the narrow inventory cannot answer the wider rule').toEqual(['a a1/0']);
  expect(all.current.directory?.rules.map(({ rule }) => rule)).toEqual([RULE.name]);
  all.arrives('a', 'a1', 'a2');
  expect(all.current.directory?.rules.map(({ rule }) => rule)).toEqual(['wider']);
  expect(all.targets()).toEqual(['a a1/0', 'a a2/0']);
});
