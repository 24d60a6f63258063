import type { RawConfig } from '../schema/root.js';
import { readMaterial } from '../tls-material/material.js';
import { readWebConfig, type WebConfig } from '../web-config/read-web-config.js';
import type { ResolveContext } from './context.js';

/** The file of Prometheus' exporter-toolkit; undefined for none, or when it cannot be read, which is reported then. */
export async function resolveWebConfig({ web }: RawConfig, context: ResolveContext): Promise<WebConfig | undefined> {
  const { file } = web.config;
  if (file === undefined) return undefined;
  const bytes = await readMaterial({ path: ['web', 'config', 'file'], file }, context);
  if (bytes === undefined) return undefined;
  const { readBytes, findings, now } = context;
  const text = Buffer.from(bytes).toString('utf8');
  return await readWebConfig({ file, text, readBytes, findings, ...(now === undefined ? {} : { now }) });
}
