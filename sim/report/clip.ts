/** Shortens texts that anybody can make as long as they like. Invariant: what is cut off is said. */
import { formatCount } from './quantities.js';

/** The text, or its first characters and how many it has. */
export function clip(text: string, charactersMax: number): string {
  if (text.length <= charactersMax) return text;
  return `${text.slice(0, charactersMax)}… (the first ${formatCount(charactersMax)} of ${formatCount(text.length)} characters)`;
}
