import { oneLine } from '../base/errors.js';
import type { Target } from '../discovery/directory.js';

/** `orders:1 (acme/prod) at https://orders.example.org/metrics`, for errors and logs; tenants choose names, so it is cut. */
export function describeTarget(target: Target): string {
  const { name, organizationName, spaceName } = target.application;
  const place = `${cut(organizationName)}/${cut(spaceName)}`;
  return oneLine(`${cut(name)}:${target.index} (${place}) at ${target.origin}${target.path}`);
}

function cut(name: string): string {
  return name.length <= 80 ? name : `${name.slice(0, 80)}…`;
}
