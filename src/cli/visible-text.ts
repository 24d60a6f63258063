/**
 * Control characters and marks that turn the direction of writing as escapes: names are the tenants' choice, and a
 * terminal would obey what stands in them. Escapes are those of JSON, and JSON stays what it was.
 */
export function visibleText(text: string): string {
  return text.replace(/(?!\n)[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
