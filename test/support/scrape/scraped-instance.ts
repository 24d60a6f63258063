import { onTestFinished } from 'vitest';
import type { Target } from '../../../src/discovery/directory.js';
import { directoryOf, targetAt } from './directory.js';
import { type Behaviour, type Instance, startInstance } from './instance.js';
import { type ProxyOptions, type ScrapeProxy, startProxy } from './proxy.js';

/** One instance behind a proxy, both stopped when the test is over. */
export interface ScrapedInstance {
  readonly instance: Instance;
  readonly proxy: ScrapeProxy;
  readonly target: Target;
  /** Where Prometheus scrapes it. */
  readonly url: string;
}

export async function scrapedInstance(
  behaviour: Behaviour,
  options: ProxyOptions & { readonly target?: Partial<Target> } = {},
): Promise<ScrapedInstance> {
  return scrapeThrough(await startInstance(behaviour), options);
}

/** The same for an instance that runs already; it is stopped with the proxy. */
export async function scrapeThrough(
  instance: Instance,
  options: ProxyOptions & { readonly target?: Partial<Target> } = {},
): Promise<ScrapedInstance> {
  const { target: changes, ...proxyOptions } = options;
  const target = targetAt(instance.origin, changes);
  const proxy = await startProxy({ directory: directoryOf(target), ...proxyOptions });
  onTestFinished(async () => {
    await proxy.stop();
    await instance.stop();
  });
  return { instance, proxy, target, url: `${proxy.url}/singleTargetMetrics/${target.key}` };
}
