import { createHash } from 'node:crypto';
import type { Directory, Target, TargetApplication } from './directory.js';
import { compileFilter, type DirectoryFilter, type PlaceNames } from './directory-filter.js';
import { applicationLabels, META_PREFIX } from './sd-labels.js';

/** Path under which a target is scraped through us, before its key. */
export const SINGLE_TARGET_PATH = '/singleTargetMetrics/';

export const OWN_METRICS_PATH = '/promregatorMetrics';

const PATH_LABEL = `${META_PREFIX}path`;

/** Characters that become bytes at a time: a string ends at 512 MB, which big documents would reach. */
const PIECE_LENGTH = 1_000_000;

/** Address under which Prometheus reaches us. */
export interface AdvertisedAddress {
  /** `host:port`, always with a port; an IPv6 address in brackets. */
  readonly host: string;
  /** Undefined when nobody said so: then `https` for port 443, else Prometheus's own `scheme` decides. */
  readonly scheme: 'http' | 'https' | undefined;
  /** What stands in front of every path of ours: empty, or `/prefix`. */
  readonly pathPrefix: string;
}

export interface RenderOptions {
  readonly address: AdvertisedAddress;
  /** What to say about our own metrics. */
  readonly ownMetrics: boolean;
  readonly filter?: DirectoryFilter | undefined;
}

/** A directory of which everything is written that does not depend on who asks. */
export interface PreparedDocument {
  /**
   * The document for `http_sd_configs` and `file_sd_configs` (facts/prometheus.md 1.2), UTF-8. The same bytes for the
   * same directory, address and filter; worth keeping.
   */
  render(options: RenderOptions): Buffer;
  /** Stands for targets and labels, without the address of who offers them. */
  version(): number;
}

interface Entry {
  readonly target: Target;
  /** Key as it stands inside of a JSON text. */
  readonly key: string;
  /** The instance's own labels. */
  readonly identity: string;
  /** Those of its application, up to the end of the element: one text for all its instances. */
  readonly common: string;
}

/** Writes what is constant: labels once for each application, identity once for each instance. */
export function prepareDocument(directory: Directory): PreparedDocument {
  const entries = writeEntries(directory.targets);
  return { render: (options) => render(entries, options), version: () => versionOf(entries) };
}

/** A function of its own: what is only needed meanwhile would otherwise live as long as the document. */
function writeEntries(targets: readonly Target[]): readonly Entry[] {
  const shared = new Map<TargetApplication, string>();
  return targets.map((target) => {
    let common = shared.get(target.application);
    if (common === undefined) {
      common = `${writeLabels(applicationLabels(target.application))}}}`;
      shared.set(target.application, common);
    }
    return { target, key: inside(target.key), identity: `${writeLabels(instanceLabels(target))},`, common };
  });
}

/** 48 bits: as many bytes as a float takes whole, and as Alertmanager shows of its own configuration. */
function versionOf(entries: readonly Entry[]): number {
  const hash = createHash('sha256');
  for (const { key, identity, common } of entries) hash.update(`${key}${identity}${common}\n`);
  return hash.digest().readUIntBE(0, 6);
}

function instanceLabels({ instanceId, index }: Target): ReadonlyMap<string, string> {
  return new Map([
    // Without it all targets would share our address as their identity (facts/prometheus.md 1.4).
    ['instance', instanceId],
    [`${META_PREFIX}instanceId`, instanceId],
    [`${META_PREFIX}instanceNumber`, String(index)],
  ]);
}

function render(entries: readonly Entry[], { address, ownMetrics, filter }: RenderOptions): Buffer {
  const takes = compileFilter(filter);
  const prefix = address.pathPrefix.replace(/(?<!\/)\/+$/, '');
  const open = `{"targets":[${quote(address.host)}],"labels":{`;
  const path = inside(`${prefix}${SINGLE_TARGET_PATH}`);
  const scheme = schemeLabel(address);
  const pieces: Buffer[] = [];
  let piece = '';
  let separator = '[\n';
  function add(element: string): void {
    piece += `${separator}${element}`;
    separator = ',\n';
    if (piece.length < PIECE_LENGTH) return;
    pieces.push(Buffer.from(piece, 'utf8'));
    piece = '';
  }
  for (const { target, key, identity, common } of entries) {
    if (takes !== undefined && !takes(namesOf(target.application))) continue;
    add(`${open}"${PATH_LABEL}":"${path}${key}","__metrics_path__":"${path}${key}",${scheme}${identity}${common}`);
  }
  if (ownMetrics) add(`${open}${scheme}${writeLabels(ownLabels(address.host, prefix))}}}`);
  if (pieces.length === 0 && piece === '') return Buffer.from('[]');
  return Buffer.concat([...pieces, Buffer.from(`${piece}\n]\n`, 'utf8')]);
}

/**
 * Our own metrics belong to no application, so the labels that name one are absent. Their `instance` is the address,
 * which Prometheus fills in; only behind a path prefix it is said, since several of us may then share one address.
 */
function ownLabels(host: string, prefix: string): ReadonlyMap<string, string> {
  const path = `${prefix}${OWN_METRICS_PATH}`;
  const labels = new Map([
    [PATH_LABEL, path],
    ['__metrics_path__', path],
  ]);
  return prefix === '' ? labels : labels.set('instance', `${host}${prefix}`);
}

function schemeLabel({ host, scheme }: AdvertisedAddress): string {
  const said = scheme ?? (host.endsWith(':443') ? 'https' : undefined);
  return said === undefined ? '' : `"__scheme__":"${said}",`;
}

function namesOf(application: TargetApplication): PlaceNames {
  const { foundation, rule, organizationName, spaceName, name } = application;
  return { foundation, rule, organizationName, spaceName, applicationName: name };
}

/** `"name":"value",…` without braces. */
function writeLabels(labels: ReadonlyMap<string, string>): string {
  return [...labels].map(([name, value]) => `${quote(name)}:${quote(value)}`).join(',');
}

/**
 * A lone surrogate has no UTF-8 form; Go would read U+FFFD, so that is what we say. JSON.stringify writes it as an
 * escape, which is cheap to look for and rare.
 */
function quote(text: string): string {
  const json = JSON.stringify(text);
  return json.includes('\\ud') ? JSON.stringify(text.replace(/\p{Cs}/gu, '\ufffd')) : json;
}

/** A text as it stands between the quotes of a JSON text. */
function inside(text: string): string {
  return quote(text).slice(1, -1);
}
