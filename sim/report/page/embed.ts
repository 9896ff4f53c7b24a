/**
 * Data inside a page. A small page holds it as JSON, which any tool can read, and which is the same on every machine; a
 * large one holds it compressed. Invariant: no data can end its element.
 */
import { gzipSync } from 'node:zlib';

/** JSON up to this length stays readable. */
const PLAIN_LENGTH_MAX = 400_000;

/** A script element that no browser runs. */
export function embed(json: string): string {
  if (json.length <= PLAIN_LENGTH_MAX) {
    return `<script type="application/json" id="data">${escapeJson(json)}</script>`;
  }
  const bytes = gzipSync(json, { level: 6 });
  return `<script type="application/gzip" id="data">${bytes.toString('base64')}</script>`;
}

/**
 * Makes JSON safe inside a script element and in any parser. Characters that could end or change the element
 * are written as escapes, which JSON reads back. So are the two line separators that older JavaScript did not
 * allow in strings.
 */
export function escapeJson(json: string): string {
  return json.replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
