/** Shortens texts of any length. Invariant: a shortened text names its full length. */
import { formatCount } from './quantities.js';

/** The text, or its first characters and how many it has. */
export function clip(text: string, charactersMax: number): string {
  if (text.length <= charactersMax) return text;
  return `${text.slice(0, charactersMax)}… (the first ${formatCount(charactersMax)} of ${formatCount(text.length)} characters)`;
}
