import { nearestName } from './nearest-name.js';
import { relaxName } from './path.js';
import type { ObjectShape } from './shape.js';

/** `appName` stands in the original's own documentation, which never read it. */
const SYNONYMS: ReadonlyMap<string, string> = new Map([
  ['appname', 'applicationName'],
  ['appregex', 'applicationRegex'],
  ['organizationname', 'orgName'],
  ['organizationregex', 'orgRegex'],
]);

/** The member of a group that an unknown name most likely means. */
export function likelyMember(shape: ObjectShape, name: string): string | undefined {
  const synonym = SYNONYMS.get(relaxName(name));
  if (synonym !== undefined && shape.members.has(synonym)) return synonym;
  const near = nearestName(relaxName(name), shape.relaxed.keys());
  return near === undefined ? undefined : shape.relaxed.get(near);
}
