import { oneLine } from '../base/errors.js';
import type { Target } from '../discovery/directory.js';
import { placeName, shortName } from '../discovery/place-name.js';

/** `orders:1 (acme/prod) at https://orders.example.org/metrics`, for errors and logs; tenants choose names, so it is cut. */
export function describeTarget(target: Target): string {
  const { name, organizationName, spaceName } = target.application;
  const place = placeName(organizationName, spaceName);
  return oneLine(`${shortName(name)}:${target.index} (${place}) at ${target.origin}${target.path}`);
}
