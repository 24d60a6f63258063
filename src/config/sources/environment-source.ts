import { environmentForeignOptions, type ForeignOption, splitPattern } from '../foreign-options.js';
import type { Path } from '../path.js';
import { relaxName } from '../path.js';
import { type Findings, problem } from '../report.js';
import { type ObjectShape, resolvePath, type Shape, TWIN_SHAPE } from '../shape.js';
import { leaf, type MapNode, mapNode } from '../tree.js';
import { likelyMember } from '../unknown-name.js';
import { putOnce } from './source.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The options that the environment sets. Only names of options are looked at, compared without underscores and case:
 * `CF_APIHOST` and `CF_API_HOST` are one. List items are numbered: `PROMREGATOR_TARGETS_0_ORGNAME`.
 */
export function readEnvironment(env: Environment, whole: ObjectShape, findings: Findings): MapNode {
  const root = mapNode({ kind: 'environment', name: 'variables' });
  const members = [...whole.members].filter(([name]) => !JAVA_PROPERTIES.includes(name));
  const shape = { ...whole, members: new Map(members) };
  for (const [name, value] of Object.entries(env).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (value === undefined || isServiceLink(name, value)) continue;
    const path = findOption(shape, name) ?? findForeign(name);
    if (path === undefined) reportUnknown(shape, name, findings);
    else putOnce(root, { path, node: leaf(value, { kind: 'environment', name }), shape }, findings);
  }
  return root;
}

/** Kubernetes tells every container of a service `promregator-discovery` by `PROMREGATOR_DISCOVERY_PORT=tcp://10.0.0.1:80`. */
function isServiceLink(name: string, value: string): boolean {
  return name.endsWith('_PORT') && /^(?:tcp|udp|sctp):\/\//.test(value);
}

/** What the option holds that a variable sets; undefined for a variable of others. */
export function shapeOfVariable(shape: ObjectShape, name: string): Shape | undefined {
  const path = findOption(shape, name);
  return path && resolvePath(shape, path).shape;
}

/** Java takes these from switches only; `HTTP_PROXY_HOST` in an environment is meant for others. */
const JAVA_PROPERTIES: readonly string[] = ['http', 'https', 'javax'];

/** The option that a variable names; `rest` is what of its name is not used up yet. */
function findOption(shape: Shape, rest: string, path: Path = []): Path | undefined {
  switch (shape.kind) {
    case 'leaf':
      return rest === '' && !shape.javaSwitch ? path : undefined;
    case 'record':
      return isFreeName(rest) ? [...path, freeName(rest)] : undefined;
    case 'list': {
      if (rest === '' && shape.element.kind === 'leaf') return path;
      const index = /^_*(\d{1,4})(?!\d)_*/.exec(rest);
      return index === null
        ? undefined
        : findOption(shape.element, rest.slice(index[0].length), [...path, Number(index[1])]);
    }
    case 'object':
      return firstOf([...shape.members, ...twinMembers(shape)], ([name, member]) => {
        const left = takeName(rest, name);
        return left === undefined ? undefined : findOption(member, left, [...path, name]);
      });
  }
}

function twinMembers(shape: ObjectShape): readonly (readonly [string, Shape])[] {
  return [...shape.twins.keys()].map((name) => [name, TWIN_SHAPE] as const);
}

function firstOf<Item, Found>(items: readonly Item[], find: (item: Item) => Found | undefined): Found | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What is left of a variable's name when an option's name is taken off its front; undefined when it is not there. */
function takeName(rest: string, name: string): string | undefined {
  const wanted = relaxName(name);
  let at = 0;
  for (const letter of wanted) {
    while (rest[at] === '_') at += 1;
    if (rest[at]?.toLowerCase() !== letter) return undefined;
    at += 1;
  }
  while (rest[at] === '_') at += 1;
  return rest.slice(at);
}

function isFreeName(rest: string): boolean {
  return freeName(rest) !== '';
}

/** `ORG_CLOUDFOUNDRY` is the logger `org.cloudfoundry`. */
function freeName(rest: string): string {
  return rest
    .split('_')
    .filter((part) => part !== '')
    .join('.')
    .toLowerCase();
}

function findForeign(name: string): Path | undefined {
  return firstOf(environmentForeignOptions(), (option) => foreignPath(option, name));
}

function foreignPath(option: ForeignOption, name: string): Path | undefined {
  let rest = name;
  const path: (string | number)[] = [];
  for (const step of splitPattern(option.pattern)) {
    if (step === '*') return rest === '' ? undefined : [...path, freeName(rest)];
    const index = step === '[]' ? /^_*(\d{1,4})(?!\d)_*/.exec(rest) : null;
    const left = step === '[]' ? (index === null ? undefined : rest.slice(index[0].length)) : takeName(rest, step);
    if (left === undefined) return undefined;
    path.push(index === null ? step : Number(index[1]));
    rest = left;
  }
  return rest === '' ? path : undefined;
}

/** Our own realm. In Kubernetes a service of our name has variables there too, which say where it is. */
const OWN_NAME = /^PROMREGATOR_(?!CONFIG_DIR$)(?!(?:.*_)?(?:PORT|SERVICE)(?:_|$))/i;

/** A rule without what its variable was to say selects more, and credentials without it are others. */
const ITEM_NAME = /^PROMREGATOR_+(?:TARGETS|TARGET_*AUTHENTICATORS)_*\d/i;

/** A list of groups that a variable names as a whole; what it was to say, JSON for example, would be lost. */
function findWholeList(shape: Shape, rest: string, path: Path = []): WholeList | undefined {
  if (shape.kind === 'list') return rest === '' ? { path, element: shape.element } : undefined;
  if (shape.kind !== 'object') return undefined;
  return firstOf([...shape.members], ([name, member]) => {
    const left = takeName(rest, name);
    return left === undefined ? undefined : findWholeList(member, left, [...path, name]);
  });
}

interface WholeList {
  readonly path: Path;
  readonly element: Shape;
}

function reportWholeList({ path, element }: WholeList, name: string, findings: Findings): void {
  const members = element.kind === 'object' ? [...element.members] : [];
  const [example = '…'] = members.find(([, member]) => member.kind === 'leaf') ?? [];
  const text = {
    found: 'a single value',
    expected: 'numbered items',
    remedy: `write ${name.replace(/_+$/, '')}_0_${example.replaceAll('-', '').toUpperCase()}=…`,
  };
  findings.problems.push(problem({ kind: 'environment', name }, path, text));
}

function reportUnknown(shape: ObjectShape, name: string, findings: Findings): void {
  const ofItem = ITEM_NAME.test(name);
  if (!ofItem && !OWN_NAME.test(name)) return;
  const list = findWholeList(shape, name);
  if (list !== undefined) {
    reportWholeList(list, name, findings);
    return;
  }
  const { path, unread, suggestion } = deepest(shape, name);
  const text = {
    found: 'an unknown name',
    expected: ofItem ? 'the name of an option' : 'the name of an option; it is passed over',
    ...(suggestion === undefined ? {} : { remedy: `did you mean ${suggestion}?` }),
  };
  const found = problem({ kind: 'environment', name }, [...path, unread.toLowerCase()], text);
  (ofItem ? findings.problems : findings.warnings).push(found);
}

interface Deepest {
  /** Of the innermost group that the variable names. */
  readonly path: Path;
  /** What is left of its name there. */
  readonly unread: string;
  /** The variable that was most likely meant. */
  readonly suggestion: string | undefined;
}

function deepest(shape: ObjectShape, name: string): Deepest {
  let here: Shape = shape;
  let unread = name;
  let path: Path = [];
  for (let next = inward(here, unread); next !== undefined; next = inward(here, unread)) {
    here = next.shape;
    unread = next.rest;
    path = [...path, next.segment];
  }
  const member = here.kind === 'object' ? likelyMember(here, unread) : undefined;
  const start = name.slice(0, name.length - unread.length);
  return { path, unread, suggestion: member && `${start}${member.replaceAll('-', '').toUpperCase()}` };
}

/** One step into a group or an item, with something left behind it. */
function inward(
  shape: Shape,
  name: string,
): { readonly segment: string | number; readonly shape: Shape; readonly rest: string } | undefined {
  if (shape.kind === 'list') {
    const index = /^_*(\d{1,4})(?!\d)_*/.exec(name);
    const rest = name.slice(index?.[0].length);
    return index === null || rest === '' ? undefined : { segment: Number(index[1]), shape: shape.element, rest };
  }
  if (shape.kind !== 'object') return undefined;
  for (const [member, below] of shape.members) {
    const rest = below.kind === 'leaf' || below.kind === 'record' ? undefined : takeName(name, member);
    if (rest !== undefined && rest !== '') return { segment: member, shape: below, rest };
  }
  return undefined;
}
