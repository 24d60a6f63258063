/**
 * What a terminal, an editor or a page obeys rather than shows: control characters, line separators, and marks that turn
 * the direction of writing. Names are the tenants' choice, and so is what stands in them.
 */
const OBEYED = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

const OBEYED_RUN = new RegExp(`(?:${OBEYED.source})+`, 'gu');

/** Each of them as an escape of JSON, line breaks too: one line stays one, and JSON the same value. */
export function visibleLine(text: string): string {
  return text.replace(OBEYED, escapeOf);
}

/** The same for text of several lines, whose breaks stay. */
export function visibleText(text: string): string {
  return text.split('\n').map(visibleLine).join('\n');
}

/** Each run of them as one space, so that a foreign text cannot forge a line of a log or of a plain-text answer. */
export function withoutObeyed(text: string): string {
  return text.replace(OBEYED_RUN, ' ').trim();
}

/** JSON has short escapes for some, and shows others as they are. */
function escapeOf(character: string): string {
  const json = JSON.stringify(character).slice(1, -1);
  return json === character ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}` : json;
}
