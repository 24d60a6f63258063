import type { Program } from './program.js';

/** One of Promregator's own metrics: values by their labels as written, `{result="success"}`; the empty text without any. */
export type OwnSeries = ReadonlyMap<string, number>;

export interface OwnMetrics {
  series(name: string): OwnSeries;
  /** Over all labels; 0 of none. */
  sum(name: string): number;
}

export async function readOwnMetrics(program: Program): Promise<OwnMetrics> {
  const answer = await fetch(`${program.url}/promregatorMetrics`);
  const lines = (await answer.text()).split('\n');
  const series = (name: string): OwnSeries => {
    const own = lines.filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
    return new Map(own.map((line) => splitLine(line.slice(name.length))));
  };
  return { series, sum: (name) => [...series(name).values()].reduce((sum, value) => sum + value, 0) };
}

function splitLine(rest: string): [labels: string, value: number] {
  const end = rest.lastIndexOf(' ');
  return [rest.slice(0, end), Number(rest.slice(end))];
}
