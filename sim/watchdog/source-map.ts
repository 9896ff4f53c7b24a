/**
 * Where code was written that a loader has transformed: Vitest and other loaders put a source map into the text that they
 * run. Invariant: without a map, or with one that cannot be read, the place stays unchanged.
 */
import { SourceMap, type SourceMapPayload } from 'node:module';
import { pathToFileURL } from 'node:url';

/** A place in a file; lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

const INLINE = /^data:application\/json[^,]*?(;base64)?,(.*)$/s;

/** @param mapUrl what the code names as its map; one in a file of its own is left alone */
export function writtenPlace(place: Place, mapUrl: string | undefined): Place {
  const map = mapUrl === undefined ? undefined : inlineMap(mapUrl);
  if (map === undefined) return place;
  const entry = map.findEntry(place.line - 1, place.column - 1);
  if (!('originalLine' in entry)) return place;
  const { originalSource, originalLine, originalColumn } = entry;
  return { file: besides(place.file, originalSource), line: originalLine + 1, column: originalColumn + 1 };
}

function inlineMap(url: string): SourceMap | undefined {
  const [, base64, data = ''] = INLINE.exec(url) ?? [];
  try {
    const text =
      base64 === undefined ? decodeURIComponent(data) : Buffer.from(data, 'base64').toString('utf8');
    return new SourceMap(JSON.parse(text) as SourceMapPayload);
  } catch {
    return undefined;
  }
}

/** A source is named from where the code lies, which is a URL or a path. */
function besides(file: string, source: string): string {
  const base = URL.canParse(file) ? file : pathToFileURL(file).href;
  return URL.canParse(source, base) ? new URL(source, base).href : file;
}
