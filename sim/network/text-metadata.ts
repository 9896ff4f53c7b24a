/** The metadata of a call as the server reads it: names in lower case, the first text of each. */
import type { Metadata } from '@grpc/grpc-js';
import type { CallMetadata } from '../etcd/service.js';

const NO_METADATA: CallMetadata = new Map();

/** What the texts were taken from, for servers that read more than texts. */
const originals = new WeakMap<CallMetadata, Metadata>();

export function textMetadata(metadata: Metadata): CallMetadata {
  const values = metadata.getMap();
  // Most calls carry none, and this runs a hundred thousand times a second.
  let text: Map<string, string> | undefined;
  for (const name in values) (text ??= new Map()).set(name, String(values[name]));
  if (text === undefined) return NO_METADATA;
  originals.set(text, metadata);
  return text;
}

/** The metadata that these texts are of, binary values and repeated ones included; undefined where there is none. */
export function metadataOf(text: CallMetadata): Metadata | undefined {
  return originals.get(text)?.clone();
}
