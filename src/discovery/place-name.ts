/** Longest name in a sentence, in UTF-16 units. Cloud Foundry takes 255 and more, and nobody is to fill a log by a name. */
const LONGEST_NAME = 80;

/** For people: a name as far as it fits into a sentence. */
export function shortName(name: string): string {
  return name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME)}…`;
}

/** For people: `organization/space/application`, each as far as it fits. */
export function placeName(...names: readonly string[]): string {
  return names.map(shortName).join('/');
}
