import type { Lab } from './lab.js';

/** What happens in the foundation while the fault lasts: one application comes, another one goes. */
export interface Changes {
  /** What every list has to have at this moment. */
  required(): ReadonlySet<string>;
  /** What the list has when it is fresh; undefined before the changes. */
  expected(): ReadonlySet<string> | undefined;
  make(): void;
}

export function planChanges(lab: Lab): Changes {
  const apps = lab.simulator.world.applications();
  const leaving = apps.at(-1);
  let required = new Set(apps.map(({ guid }) => pathOf(guid)));
  let expected: ReadonlySet<string> | undefined;
  return {
    required: () => required,
    expected: () => expected,
    make() {
      const { world } = lab.simulator;
      const [first] = world.applications();
      if (leaving === undefined || first === undefined) throw new Error('the world has no applications');
      const newcomer = world.deployApplication({ name: 'newcomer', space: first.space.guid });
      required = new Set([...required].filter((path) => path !== pathOf(leaving.guid)));
      world.delete(leaving.guid);
      expected = new Set([...required, pathOf(newcomer.guid)]);
    },
  };
}

function pathOf(guid: string): string {
  return `/singleTargetMetrics/${guid}/0`;
}

export function isWhole(listed: ReadonlySet<string> | undefined, wanted: ReadonlySet<string>): boolean {
  return listed !== undefined && listed.size === wanted.size && [...wanted].every((path) => listed.has(path));
}
