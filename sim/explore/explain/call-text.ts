/** Calls in the words of a story: their writes, reads and refusals. */
import {
  beginningOf,
  type Call,
  type FailedComparison,
  type KeyRange,
  type KeyRead,
  type Watched,
} from '../../history/calls.js';
import type { KeyAt } from './missed-changes.js';
import type { RunIndex } from './run-index.js';

/** How many keys are named of those written or read at once. */
export const KEYS_MAX = 5;

/** Up to this many keys are all named, relevant or not. */
const FEW_KEYS = 2;

/** Values can be of any length. */
const VALUE_MAX = 40;

/** Of several keys, up to this many, each has its value if that is so short. */
const VALUES_MAX = 4;
const SHORT_VALUE_MAX = 16;

/** From this many calls with the same result, their number is mentioned. */
const TIMES_MIN = 3;

/**
 * `put lock/a and 2 more and deleted lock/b, which n1-1 had put at revision 3; the answer never came`: the
 * relevant keys, if there are any. A deletion in the same transaction that found nothing is part of it.
 *
 * @param over versions that it overwrote unseen
 */
export function writeText(
  index: RunIndex,
  call: Call,
  relevant: ReadonlySet<string>,
  over: readonly { readonly key: string; readonly revision: number }[],
): string {
  const { wrote, answered, revokes, leases = [], missed = [], error } = call;
  const { revision = 0, changes = [] } = wrote ?? {};
  const parts = (['put', 'delete'] as const).flatMap((type) => {
    const keys = changes.filter((change) => change.type === type).map(({ key }) => key);
    if (keys.length === 0) return [];
    const matter = keys.filter((key) => relevant.has(key));
    const isFew = keys.length <= FEW_KEYS && type === 'delete';
    // The one key that would be left out takes no more room than "and 1 more".
    const isWhole = isFew || matter.length === 0 || (keys.length === matter.length + 1 && keys.length <= 3);
    const named = (isWhole ? keys : matter).slice(0, KEYS_MAX);
    const more = keys.length > named.length ? ` and ${keys.length - named.length} more` : '';
    if (type === 'put') {
      const valued = named.map(
        (key) => `${index.name(key)}${putValueText(index, key, revision, keys.length)}`,
      );
      return [`put ${valued.join(', ')}${more}${leases.length === 0 ? '' : ' under a lease'}`];
    }
    const names = named.map((key) => index.name(key)).join(', ');
    const [key] = named;
    const whose = named.length === 1 && key !== undefined ? putBefore(index, key, revision) : '';
    return [
      `${revokes === undefined ? 'deleted' : 'revoked its lease, which deleted'} ${names}${more}${whose}`,
    ];
  });
  const overwrote = byMaker(index, over).map(([maker, keys]) => {
    const named = keys
      .slice(0, KEYS_MAX)
      .map(({ key, revision: old }) => `${index.name(key)} of revision ${old}`);
    return `; overwrote ${named.join(' and ')}, which ${maker ?? 'somebody'} had put`;
  });
  const inVain = missed.length === 0 ? '' : `; ${missedText(index, call)}`;
  const ending = answered ? '' : `; ${error ? `the answer was an error: ${error}` : 'the answer never came'}`;
  return `${parts.join(' and ') || 'wrote'}${overwrote.join('')}${inVain}${ending}`;
}

/** `read a and b of revision 2, which the setup had put, and c of revision 3, which n1-1 had put`. */
export function readText(index: RunIndex, call: Call, reads: readonly KeyRead[]): string {
  const named = reads.slice(0, KEYS_MAX);
  const groups = new Map<string, KeyRead[]>();
  for (const read of named) {
    const name = `${read.revision} ${read.deletes === true}`;
    groups.set(name, [...(groups.get(name) ?? []), read]);
  }
  const parts = [...groups.values()].map((group) => {
    const [first] = group;
    const names = group.map(({ key }) => index.name(key)).join(' and ');
    const isDeletion = first?.deletes === true;
    const maker = index.makerName(first?.revision);
    const verb =
      isDeletion || index.versionAt(first?.key ?? '', first?.revision ?? 0)?.type === 'delete'
        ? 'deleted'
        : 'put';
    const whose = maker === undefined ? '' : `, which ${maker} had ${verb}`;
    const value =
      named.length === 1 && first !== undefined ? valueText(index, first.key, first.revision) : '';
    return `${isDeletion ? 'the deletion of ' : ''}${names}${value} of revision ${first?.revision ?? 0}${whose}`;
  });
  const more = reads.length > named.length ? `, and ${reads.length - named.length} more` : '';
  const isTold = call.watches.length > 0;
  const [first, second] = reads;
  if (first !== undefined && second !== undefined && reads.every(({ key }) => key === first.key)) {
    const last = reads.at(-1);
    const isGone = last?.deletes === true && reads.filter(({ deletes }) => deletes === true).length === 1;
    const versions = (isGone ? reads.slice(0, -1) : reads).map(({ revision }) => revision);
    const listed = versions.length === 1 ? `revision ${first.revision}` : `revisions ${listText(versions)}`;
    const whose = isGone ? `, and ${changeText(index, last)}` : '';
    return `${isTold ? 'received' : 'read'} ${index.name(first.key)} of ${listed}${whose}`;
  }
  return `${isTold ? 'received' : 'read'} ${parts.join(', and ')}${more}${timesText(index, call)}`;
}

/** `2, 3 and 4`. */
function listText(revisions: readonly number[]): string {
  return `${revisions.slice(0, -1).join(', ')} and ${revisions.at(-1)}`;
}

/** `read that a was not there; n3-1 had deleted it`. */
export function absentText(index: RunIndex, call: Call, key: string, deletion: number | undefined): string {
  const maker = index.makerName(deletion);
  const whose = deletion === undefined || maker === undefined ? '' : `, which ${maker} had deleted`;
  return `read that ${index.name(key)} was not there${whose}${timesText(index, call)}`;
}

/** `began to watch lock from revision 4 on`; with a change that it missed `, without lock of revision 3, which n1-1 had put`. */
export function watchText(index: RunIndex, watched: Watched, missed?: KeyAt): string {
  const { createdRevision, state, compacted, fromRevision } = watched;
  const range = index.rangeName(watched);
  const from = ` from revision ${compacted === undefined ? (beginningOf(watched) ?? '?') : fromRevision} on`;
  if (compacted !== undefined)
    return `was refused to watch ${range}${from}: compacted up to revision ${compacted.revision}`;
  if (createdRevision === undefined)
    return `asked to watch ${range}, and was never told that the watch was made`;
  const lost = missed === undefined ? '' : `, and never learned of ${changeText(index, missed)}`;
  return `began to watch ${range}${from}${state === 'broken' ? '; that watch broke later' : ''}${lost}`;
}

/** `the deletion of lock of revision 3, which n1-1 had deleted`. */
function changeText(index: RunIndex, { key, revision }: KeyAt): string {
  const isDeletion = index.versionAt(key, revision)?.type === 'delete';
  const maker = index.makerName(revision);
  const whose = maker === undefined ? '' : `, which ${maker} had ${isDeletion ? 'deleted' : 'put'}`;
  return `${isDeletion ? 'the deletion of ' : ''}${index.name(key)} of revision ${revision}${whose}`;
}

/** `found nothing in lock/*`. */
export function emptyText(index: RunIndex, call: Call, range: KeyRange): string {
  return `found nothing in ${index.rangeName(range)}${timesText(index, call)}`;
}

/** `counted 2 keys in lock/*`. */
export function countText(index: RunIndex, call: Call, range: KeyRange, count: number): string {
  return `counted ${count} ${count === 1 ? 'key' : 'keys'} in ${index.rangeName(range)}${timesText(index, call)}`;
}

/** `was refused to put lock: expected create revision 0, found 3, which n1-1 had put`. */
export function refusalText(index: RunIndex, call: Call): string {
  const { failed, error } = call;
  const why = failed === undefined ? (error ?? '') : comparisonText(index, call, failed);
  return `was refused to ${wishText(index, call)}: ${why}${timesText(index, call)}`;
}

/** `deleted a: there was none`. */
export function missedText(index: RunIndex, call: Call): string {
  const { missed = [] } = call;
  const names = missed.slice(0, KEYS_MAX).map((range) => index.rangeName(range));
  const more = missed.length > names.length ? ` and ${missed.length - names.length} more` : '';
  return `deleted ${names.join(' and ')}${more}: there was none${timesText(index, call)}`;
}

/** Its intention, such as `put a and delete b`. */
function wishText(index: RunIndex, { puts = [], deletes = [] }: Call): string {
  const named = (names: readonly string[]): string =>
    names.slice(0, KEYS_MAX).join(', ') +
    (names.length > KEYS_MAX ? ` and ${names.length - KEYS_MAX} more` : '');
  const parts = [
    ...(puts.length === 0 ? [] : [`put ${named(puts.map((key) => index.name(key)))}`]),
    ...(deletes.length === 0 ? [] : [`delete ${named(deletes.map((range) => index.rangeName(range)))}`]),
  ];
  return parts.join(' and ') || 'commit';
}

function comparisonText(index: RunIndex, { puts, deletes, reads }: Call, failed: FailedComparison): string {
  const { key, of, relation, expected, found, revision } = failed;
  const isOther =
    !(puts?.length === 1 && puts[0] === key) && !(deletes?.length === 1 && deletes[0]?.key === key);
  const isNone = of === 'create revision' && expected === '0' && relation === '=';
  const whose = isOther ? ` of ${index.name(key)}` : '';
  const wanted = isNone
    ? `expected that ${isOther ? index.name(key) : 'it'} was not there`
    : `expected ${of}${whose} ${relation === '=' ? '' : `${relation} `}${short(expected)}`;
  if (found === undefined) return of === 'lease' ? wanted : `${wanted}, found no ${index.name(key)}`;
  const maker = index.makerName(revision);
  const by = maker === undefined ? '' : `, which ${maker} had put`;
  if (revision === undefined)
    return `${wanted}, found ${of === 'value' ? short(found) : `no ${index.name(key)}`}`;
  // The other branch has read it.
  const isRead = of !== 'value' && reads.some((read) => read.key === key && read.revision === revision);
  const value = isRead ? valueText(index, key, revision) : '';
  return `${wanted}, found ${isNone ? `revision ${revision}` : short(found)}${value}${by}`;
}

/** ` = 3`; nothing where the value says only what the line says anyway, or is not for people. */
function valueText(index: RunIndex, key: string, revision: number): string {
  const value = index.valueOf(key, revision);
  const maker = index.makerOf(revision);
  const known = maker?.kind === 'call' ? [index.nameOf(maker.call), maker.call.node, ''] : [''];
  if (value === undefined || known.includes(value) || !/^[\x20-\x7e]+$/.test(value)) return '';
  return ` = ${short(value)}`;
}

/** The value of one of several keys is named only if it is short. */
function putValueText(index: RunIndex, key: string, revision: number, count: number): string {
  const isShort = (index.valueOf(key, revision) ?? '').length <= SHORT_VALUE_MAX;
  return count === 1 || (count <= VALUES_MAX && isShort) ? valueText(index, key, revision) : '';
}

function putBefore(index: RunIndex, key: string, revision: number): string {
  const before = index.versionAt(key, revision - 1);
  const maker = index.makerName(before?.revision);
  return before?.type !== 'put' || maker === undefined
    ? ''
    : `, which ${maker} had put at revision ${before.revision}`;
}

/** `; asked 212 times`. */
function timesText(index: RunIndex, call: Call): string {
  const times = index.timesOf(call);
  return times < TIMES_MIN ? '' : `; asked ${times} times`;
}

function byMaker<T extends { readonly revision: number }>(
  index: RunIndex,
  versions: readonly T[],
): (readonly [string | undefined, readonly T[]])[] {
  const makers = new Map<string | undefined, T[]>();
  for (const version of versions) {
    const maker = index.makerName(version.revision);
    makers.set(maker, [...(makers.get(maker) ?? []), version]);
  }
  return [...makers];
}

function short(value: string): string {
  return value.length > VALUE_MAX ? `${value.slice(0, VALUE_MAX)}…` : value;
}
