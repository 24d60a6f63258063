import type { Origin, TextPlace } from '../origin.js';
import { type Findings, problem } from '../report.js';
import type { Shape } from '../shape.js';
import { type Leaf, type MapNode, mapNode, overlay } from '../tree.js';
import { BOOT } from './boot-options.js';
import { readYaml } from './yaml-source.js';

/**
 * The options of SPRING_APPLICATION_JSON, nested or flat; null leaves an option to the sources below, as Spring Boot's
 * reference says. What it holds is never quoted, since it may be a secret.
 */
export function readJson(json: Leaf, shape: Shape, findings: Findings): MapNode {
  const fault = findFault(json.text);
  if (fault === undefined) {
    // JSON is YAML, and that reader knows places.
    const documents = readYaml({ origin: json.origin, text: json.text, shape, nulls: 'absent' }, findings);
    return documents.reduce(overlay, mapNode(json.origin));
  }
  const remedy = 'in JAVA_OPTS and its like, put the whole switch in single quotes';
  const text = { found: 'a text that is no JSON object', expected: '{"name": "value"}' };
  findings.problems.push(
    problem(placed(json.origin, fault), BOOT.json, json.origin.kind === 'switch' ? { ...text, remedy } : text),
  );
  return mapNode(json.origin);
}

function placed(origin: Origin, place: TextPlace): Origin {
  return { ...origin, ...place };
}

function findFault(text: string): TextPlace | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? undefined : {};
  } catch (error) {
    return placeOf(text, error instanceof Error ? error.message : '');
  }
}

/** V8 names the offset for most faults; its sentence is not passed on, since it quotes the text. */
function placeOf(text: string, message: string): TextPlace {
  const offset = /at position (\d+)/.exec(message)?.[1];
  const at = message.startsWith('Unexpected end') ? text.length : Number(offset ?? Number.NaN);
  if (Number.isNaN(at)) return {};
  const before = text.slice(0, at).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
