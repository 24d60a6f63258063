/** One requirement on the labels of a resource; all of them have to hold. */
export type Requirement =
  | { readonly kind: 'exists' | 'absent'; readonly key: string }
  | { readonly kind: 'in' | 'notin'; readonly key: string; readonly values: readonly string[] };

export type SelectorProblem = 'missing' | 'invalid' | 'too_many';

/** Operators may not ask for more. */
const MAX_REQUIREMENTS = 50;

const KEY = '(?:[A-Za-z0-9.-]+/)?[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?';
const VALUE = '[A-Za-z0-9_.-]*';
/** Single spaces around in and notin, literally. */
const SET = new RegExp(`^(${KEY}) (in|notin) \\((${VALUE}(?:,\\s*${VALUE})*)\\)$`);
const EQUALITY = new RegExp(`^(${KEY})(==?|!=)(${VALUE})$`);
const PRESENCE = new RegExp(`^(!?)(${KEY})$`);
/** Commas within parentheses part values, all others requirements. */
const SEPARATOR = /,(?![^(]*\))/;

export function parseLabelSelector(text: string): readonly Requirement[] | SelectorProblem {
  if (text.trim() === '') return 'missing';
  const parts = text.split(SEPARATOR);
  if (parts.length > MAX_REQUIREMENTS) return 'too_many';
  const requirements: Requirement[] = [];
  for (const part of parts) {
    const requirement = parseRequirement(part.trim());
    if (requirement === undefined) return 'invalid';
    requirements.push(requirement);
  }
  return requirements;
}

/** `!=` and `notin` hold for resources without the key too. */
export function fulfils(labels: Readonly<Record<string, string>>, requirement: Requirement): boolean {
  const value = Object.hasOwn(labels, requirement.key) ? labels[requirement.key] : undefined;
  switch (requirement.kind) {
    case 'exists':
      return value !== undefined;
    case 'absent':
      return value === undefined;
    case 'in':
      return value !== undefined && requirement.values.includes(value);
    case 'notin':
      return value === undefined || !requirement.values.includes(value);
  }
}

function parseRequirement(text: string): Requirement | undefined {
  const set = SET.exec(text);
  if (set !== null) {
    const [, key = '', operator, values = ''] = set;
    return { kind: operator === 'in' ? 'in' : 'notin', key, values: values.split(/,\s*/) };
  }
  const equality = EQUALITY.exec(text);
  if (equality !== null) {
    const [, key = '', operator, value = ''] = equality;
    return { kind: operator === '!=' ? 'notin' : 'in', key, values: [value] };
  }
  const presence = PRESENCE.exec(text);
  if (presence === null) return undefined;
  const [, not, key = ''] = presence;
  return { kind: not === '!' ? 'absent' : 'exists', key };
}
