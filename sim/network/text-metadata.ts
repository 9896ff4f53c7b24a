/** The metadata of a call as the server reads it: names in lower case, the first text of each. */
import type { Metadata } from '@grpc/grpc-js';
import type { CallMetadata } from '../etcd/service.js';

const NO_METADATA: CallMetadata = new Map();

export function textMetadata(metadata: Metadata): CallMetadata {
  const values = metadata.getMap();
  // Most calls carry none, and this runs a hundred thousand times a second.
  let text: Map<string, string> | undefined;
  for (const name in values) (text ??= new Map()).set(name, String(values[name]));
  return text ?? NO_METADATA;
}
