/** Asks again and again until `probe` gives something; fails with what `describe` says then. */
export async function waitUntil<T>(
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  options: { readonly within: number; readonly describe: () => unknown; readonly every?: number },
): Promise<T> {
  const deadline = performance.now() + options.within;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > deadline) {
      throw new Error(`not within ${options.within} ms: ${JSON.stringify(await options.describe(), null, 1)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, options.every ?? 100));
  }
}
