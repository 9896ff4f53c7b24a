/** Makes the metadata of a call. */
import type { CallMetadata } from './service.js';

/** @param commonName see {@link CallMetadata} */
export function metadataOf(
  entries: Iterable<readonly [name: string, value: string]>,
  commonName?: string,
): CallMetadata {
  const metadata = new Map(entries);
  return commonName === undefined ? metadata : Object.assign(metadata, { commonName });
}
