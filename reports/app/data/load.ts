/** Reads the page's data, which is JSON or compressed JSON in an element that no browser runs. */
import type { PageData } from '../../../sim/report/page/page-data.js';

/** @throws an Error if the browser cannot decompress */
export async function loadData(): Promise<PageData> {
  const holder = document.getElementById('data');
  const text = holder?.textContent ?? '';
  const isPlain = holder?.getAttribute('type') === 'application/json';
  const json = isPlain ? text : await decompress(text);
  // Its characters are not needed a second time.
  if (!isPlain) holder?.replaceChildren();
  return JSON.parse(json) as PageData;
}

async function decompress(base64: string): Promise<string> {
  const characters = atob(base64);
  const bytes = new Uint8Array(characters.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = characters.charCodeAt(at);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Response(stream).text();
}
