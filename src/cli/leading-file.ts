/** `FILE …` as `--config.file=FILE …`: a first word that is no option names the configuration. */
export function readLeadingFile(args: readonly string[]): readonly string[] {
  const [first = '', ...others] = args;
  return first === '' || first.startsWith('-') ? args : [`--config.file=${first}`, ...others];
}

/** Whether a first word that is no command is written like the name of a file: with a dot or a slash. */
export function looksLikeFile(word: string): boolean {
  return !word.startsWith('-') && /[./]/.test(word);
}
