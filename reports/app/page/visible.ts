/**
 * Makes every character of a foreign text visible. Invariant: the result has no control character, no direction mark,
 * no tag and no half of a pair, so that it reads in the order of its letters; line breaks and tabs stay.
 */

import { formatCount } from './format.js';

/**
 * Controls, soft hyphens and joiners, direction marks (U+061C too), line separators, invisible operators, variation
 * selectors, the byte order mark, interlinear marks, tags, and lone surrogates.
 */
const HIDDEN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]|\p{Surrogate}/gu;

/** A longer text is cut, wherever it comes from. */
const LENGTH_MAX = 10_000;

export function visible(whole: string): string {
  const text =
    whole.length <= LENGTH_MAX
      ? whole
      : `${whole.slice(0, LENGTH_MAX)}… (${formatCount(whole.length)} characters)`;
  return text.replace(HIDDEN, (character) => {
    const code = character.codePointAt(0) ?? 0;
    const digits = code.toString(16);
    return code > 0xffff ? `\\u{${digits}}` : `\\u${digits.padStart(4, '0')}`;
  });
}
