/** Words of a shell command. */

/** Quotes a word where a POSIX shell would read anything else into it. */
export function shellQuote(word: string): string {
  return /^[A-Za-z0-9_./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
