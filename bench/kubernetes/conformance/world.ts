/** What a chapter of the script works with, and the requests that several of them make. */
import type { Etcd3 } from 'etcd3';
import { accepted, itemsOf, nameOf, type Api, type ApiObject, type WatchEvent } from '../api.js';
import type { Transcript } from './transcript.js';

export interface World {
  readonly api: Api;
  /** The etcd below it, to compact it. */
  readonly etcd: Etcd3;
  readonly transcript: Transcript;
}

export interface Chapter {
  readonly name: string;
  run(world: World): Promise<void>;
}

/** A watch that gets fewer events than wanted ends by itself, and the transcripts differ. */
const WATCH_SECONDS = 60;

/** Makes a namespace, so that chapters do not see each other's objects; returns its path. */
export async function makeNamespace({ api }: World, name: string): Promise<string> {
  accepted(await api.create('/api/v1/namespaces', { kind: 'Namespace', metadata: { name } }));
  return `/api/v1/namespaces/${name}`;
}

export function configMap(
  name: string,
  data: Readonly<Record<string, string>> = {},
  more: ApiObject['metadata'] = {},
): ApiObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...more }, data };
}

export async function makeConfigMaps(
  { api }: World,
  namespace: string,
  names: readonly string[],
): Promise<void> {
  for (const name of names) accepted(await api.create(`${namespace}/configmaps`, configMap(name)));
}

/** `prefix-00` and so on. */
export function numbered(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${String(index).padStart(2, '0')}`);
}

export function namesIn(list: ApiObject): readonly string[] {
  return itemsOf(list).map(nameOf);
}

/** The resource version of a collection now. */
export async function versionOf({ api }: World, collection: string): Promise<string> {
  return accepted(await api.get(collection)).metadata?.resourceVersion ?? '';
}

/** The first events of a watch, as many as wanted or until it ends. */
export async function takeEvents(
  { api }: World,
  path: string,
  count: number,
): Promise<readonly WatchEvent[]> {
  const events: WatchEvent[] = [];
  const question = path.includes('?') ? '&' : '?';
  for await (const event of api.watch(`${path}${question}watch=true&timeoutSeconds=${WATCH_SECONDS}`)) {
    events.push(event);
    if (events.length === count) break;
  }
  return events;
}

/** Compacts etcd up to now, so that no older list or watch can be continued. */
export async function compact({ etcd }: World): Promise<void> {
  const { header } = await etcd.kv.range({ key: Buffer.from('any') });
  await etcd.kv.compact({ revision: header.revision, physical: true });
}
