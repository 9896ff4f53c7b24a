/**
 * Who was handed which version of a key by whom: a node read what another had written. Said in finitely many words, for a
 * search that wants to see handoffs that it has not seen. Invariant: they depend on nothing but the calls, and come in one
 * order.
 */
import { authorsOf, isWithin, type Call, type Doing, type KeyRead } from './calls.js';

/** One end of a handoff. */
interface Party extends Doing {
  readonly node: string;
}

/** One node read a version that another had written. */
interface Handoff {
  readonly key: string;
  readonly from: Party;
  readonly to: Party;
  readonly read: KeyRead;
  readonly writer: Call;
  readonly reader: Call;
}

/**
 * What kinds of handoffs there were, each once and sorted. Numbers are left out of keys and of names of nodes, and
 * operations go by their names, so that there are finitely many; what is said of the order is whether the version
 * was read before its writer knew that it was written, whether the writer ever got its answer, and whether another
 * version had taken its place by then.
 */
export function handoffFeatures(calls: readonly Call[]): readonly string[] {
  const versions = versionsOf(calls);
  const features = handoffsIn(calls).map(({ key, from, to, read, writer, reader }) => {
    const how = [
      ...(isEarly(read, writer) ? ['early'] : []),
      ...(writer.answered ? [] : ['unanswered']),
      ...(isStale(read, versions.get(key) ?? []) ? ['overwritten'] : []),
    ];
    const change = writer.wrote?.changes.find((candidate) => candidate.key === key)?.type ?? 'change';
    const text = `${abstracted(key)} ${change}: ${roleOf(from)} -> ${roleOf(to)} by ${reader.method}`;
    return how.length === 0 ? text : `${text}, ${how.join(', ')}`;
  });
  return [...new Set(features)].sort();
}

function handoffsIn(calls: readonly Call[]): Handoff[] {
  const authors = authorsOf(calls);
  const handoffs: Handoff[] = [];
  for (const reader of calls) {
    for (const read of reader.reads) {
      const { key, revision } = read;
      const writer = authors.get(revision);
      if (writer === undefined || writer.node === reader.node) continue;
      const [from, to] = [partyOf(writer.node, writer), partyOf(reader.node, readerOf(reader, key))];
      handoffs.push({ key, from, to, read, writer, reader });
    }
  }
  return handoffs;
}

/** Of a stream, whoever asked for the key. */
function readerOf(call: Call, key: string): Doing {
  return call.watches.find((watched) => isWithin(watched, key)) ?? call;
}

function partyOf(node: string, { operation, operationName }: Doing): Party {
  return {
    node,
    ...(operation === undefined ? {} : { operation }),
    ...(operationName === undefined ? {} : { operationName }),
  };
}

interface Version {
  readonly revision: number;
  /** When the member that made it had done so; undefined where that is not known. */
  readonly madeAt: number | undefined;
}

/** The versions of each key whose writer is known. */
function versionsOf(calls: readonly Call[]): ReadonlyMap<string, readonly Version[]> {
  const versions = new Map<string, Version[]>();
  for (const { wrote } of calls) {
    for (const { key } of wrote?.changes ?? []) {
      const ofKey = versions.get(key) ?? [];
      versions.set(key, ofKey);
      ofKey.push({ revision: wrote?.revision ?? 0, madeAt: wrote?.at?.order });
    }
  }
  return versions;
}

/** It was read before its writer was told that it was written, or gave up. */
function isEarly(read: KeyRead, { returned }: Call): boolean {
  return returned === undefined || read.at.order < returned.order;
}

/** Another version was there when the read arrived. */
function isStale(read: KeyRead, versions: readonly Version[]): boolean {
  return versions.some(
    ({ revision, madeAt }) => revision > read.revision && madeAt !== undefined && madeAt < read.at.order,
  );
}

function roleOf({ node, operationName }: Party): string {
  return `${abstracted(node)}.${operationName ?? '?'}`;
}

/** Without numbers, and without what is as long as an id. */
function abstracted(text: string): string {
  return text.replace(/(?=[a-f]*\d)[0-9a-f]{12,}/g, '#').replace(/\d+/g, '#');
}
