/**
 * Which node read which version that another node had written. The descriptions are finitely many, so that a
 * search can look for new handoffs. Invariant: they depend only on the calls and have one order.
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
 * The kinds of handoffs, each once and sorted. Keys and node names lose their numbers, and operations are
 * identified by name, so the kinds are finitely many. Each says three things about the order. Was the version
 * read before its writer knew that it was written? Did the writer ever get its answer? Had another version
 * replaced it by then?
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

/** On a stream, any watch of the key. */
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
  /** When the member that made it had done so; undefined if unknown. */
  readonly madeAt: number | undefined;
}

/** The versions of each key that have a known writer. */
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

/** It was read before its writer learned of the write, or gave up. */
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

/** Without numbers and long texts such as ids. */
function abstracted(text: string): string {
  return text.replace(/(?=[a-f]*\d)[0-9a-f]{12,}/g, '#').replace(/\d+/g, '#');
}
