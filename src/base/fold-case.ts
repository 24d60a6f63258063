/**
 * A name as it is compared: without regard to the case of ASCII letters, as Cloud Foundry's own name filters and Java's
 * CASE_INSENSITIVE do. `toLowerCase` on the whole would turn the Kelvin sign into a k.
 */
export function foldCase(name: string): string {
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
