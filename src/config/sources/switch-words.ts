/**
 * The words of JAVA_OPTS and its like: separated by blanks, quotes taken off wherever in a word they stand, a backslash
 * being itself. So Java 17 reads JAVA_TOOL_OPTIONS and JDK_JAVA_OPTIONS (tried out); undefined when a quote is not
 * closed, with which Java does not start.
 */
export function splitSwitches(text: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (const letter of text) {
    if (quote !== undefined) {
      if (letter === quote) quote = undefined;
      else word = `${word ?? ''}${letter}`;
    } else if (letter === '"' || letter === "'") {
      quote = letter;
      word ??= '';
    } else if (!/\s/.test(letter)) {
      word = `${word ?? ''}${letter}`;
    } else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  if (quote !== undefined) return undefined;
  return word === undefined ? words : [...words, word];
}
