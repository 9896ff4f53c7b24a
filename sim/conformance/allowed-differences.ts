/**
 * The only permitted differences between two correct etcds. Each rule replaces a free value by a text on both
 * sides alike, after checking the part of it that is not free. Invariant: everything that no rule names is
 * compared exactly.
 */
import type { Meaning } from './symbolic-values.js';

/** A server's own ids and address, which differ between the sides. */
export interface Identity {
  readonly clusterId: bigint;
  readonly memberId: bigint;
  readonly raftTerm: number;
  readonly peerUrl: string;
}

/** The parts of a message that are compared beside its bytes. */
export interface DifferenceContext {
  readonly identity: Identity;
  readonly meaning: Meaning;
}

type Fields = Readonly<Record<string, unknown>>;
type Rule = (value: unknown, message: Fields, context: DifferenceContext) => unknown;

/** A sequence takes less time; a side that takes longer has another problem. */
const SEQUENCE_SECONDS_MAX = 20;

/** The server chooses the ids of cluster and members, but must keep them; absent is 0 and stays 0. */
const clusterId: Rule = (value, _message, { identity }) =>
  value === identity.clusterId ? 'the cluster' : value;
const memberId: Rule = (value, _message, { identity }) =>
  value === identity.memberId ? 'the member' : value;

/** Terms count elections, at least one. */
const raftTerm: Rule = (value, _message, { identity }) => (value === identity.raftTerm ? 'the term' : value);

/** A lease that was granted without an id gets one from the server. */
const leaseId: Rule = (value, _message, { meaning }) => {
  const index = meaning.leases.findIndex((id) => id === value);
  return index === -1 || !meaning.chosenByServer.has(value as bigint) ? value : `lease ${index}`;
};

/** Time passes on both sides, but at different speeds. */
const remainingTtl: Rule = (value, { grantedTTL }) => {
  const [remaining, granted] = [Number(value), Number(grantedTTL)];
  return remaining <= granted && remaining >= granted - SEQUENCE_SECONDS_MAX && granted > 0
    ? `at most ${SEQUENCE_SECONDS_MAX} s less than granted`
    : value;
};

/** The keys of a lease come from a Go map, in no order. */
const anyOrder: Rule = (value) => [...(value as readonly string[])].sort();

/** A token is random, except for its log index. */
const token: Rule = (value, _message, { meaning }) => {
  const index = meaning.tokens.indexOf(String(value));
  return index === -1 || !/^[a-zA-Z]{16}\.\d+$/.test(String(value)) ? value : `token ${index}`;
};

/** Counts every change of users and roles that an etcd has seen. */
const authRevision: Rule = (value, _message, { meaning }) => Number(value) - meaning.startAuthRevision;

/** The id of an added member is derived from the time. */
const anyMemberId: Rule = (value, message, context) => {
  const index = context.meaning.members.indexOf(value as bigint);
  return index === -1 ? memberId(value, message, context) : `member ${index}`;
};

/** The addresses and the name of the original member; the others have not published any. */
const ofFirstMember: Rule = (value, { ID }, { identity }) => (ID === identity.memberId ? 'free' : value);

const peerUrls: Rule = (value, _message, { identity }) =>
  (value as readonly string[]).map((url) => (url === identity.peerUrl ? 'its own' : url)).sort();

/** In order of their ids, which differs between the sides. */
const members: Rule = (value, _message, context) => {
  const list = value as readonly { readonly ID: bigint }[];
  const isSorted = list.every(({ ID }, index) => index === 0 || (list[index - 1]?.ID ?? 0n) < ID);
  const views = list.map((member) => JSON.stringify(withoutAllowedDifferences('member', member, context)));
  return isSorted ? views.sort() : 'members out of order';
};

/** Alarms come from a Go map, in no order. */
const alarms: Rule = (value, _message, context) =>
  (value as readonly unknown[])
    .map((alarm) => JSON.stringify(withoutAllowedDifferences('alarm', alarm, context), writeIds))
    .sort();

/** Alarms among them contain the ids of members. protobuf does not guarantee the spaces between fields. */
const errors: Rule = (value, _message, { identity, meaning }) => {
  const nameOf = (text: string, id: string): string => {
    const index = meaning.members.findIndex((added) => String(added) === id);
    return id === String(identity.memberId) ? 'the member' : index === -1 ? text : `member ${index}`;
  };
  const normalized = (error: string): string => error.replace(/ +/g, ' ').replace(/memberID:(\d+)/, nameOf);
  return (value as readonly string[]).map(normalized).sort();
};

const writeIds = (_name: string, value: unknown): unknown =>
  typeof value === 'bigint' ? `${value}n` : value;

/** No two etcds have the same hash for keys with leases that the server chose. */
const hashOfKeys: Rule = (value, _message, { meaning }) => (meaning.chosenByServer.size > 0 ? 'free' : value);

/** The size of the database on disk; never empty. */
const positive: Rule = (value) => (Number(value) > 0 ? 'positive' : value);

/** The addresses and names of processes. */
const anything: Rule = () => 'free';

/** Rules by the type of message and its field. */
const RULES: Readonly<Record<string, Readonly<Record<string, Rule>>>> = {
  header: { clusterId, memberId, raftTerm },
  'Lease/LeaseGrant': { ID: leaseId },
  'Lease/LeaseTimeToLive': { ID: leaseId, TTL: remainingTtl, keys: anyOrder },
  'Lease/LeaseKeepAlive': { ID: leaseId },
  'Maintenance/Status': {
    leader: memberId,
    raftTerm,
    dbSize: positive,
    dbSizeInUse: positive,
    raftIndex: positive,
    raftAppliedIndex: positive,
    errors,
  },
  'Maintenance/Alarm': { alarms },
  'Maintenance/Hash': { hash: anything },
  'Maintenance/HashKV': { hash: hashOfKeys },
  'Cluster/MemberList': { members },
  'Cluster/MemberAdd': { members },
  'Cluster/MemberRemove': { members },
  'Cluster/MemberUpdate': { members },
  'Cluster/MemberPromote': { members },
  'Auth/Authenticate': { token },
  'Auth/AuthStatus': { authRevision },
  leases: { ID: leaseId },
  member: { ID: anyMemberId, name: ofFirstMember, peerURLs: peerUrls, clientURLs: ofFirstMember },
  alarm: { memberID: anyMemberId },
  kv: { lease: leaseId },
  prevKv: { lease: leaseId },
  kvs: { lease: leaseId },
  prevKvs: { lease: leaseId },
};

/**
 * The message without its free parts.
 *
 * @param place the method, or the field that holds the message
 */
export function withoutAllowedDifferences(
  place: string,
  message: unknown,
  context: DifferenceContext,
): unknown {
  if (Array.isArray(message)) return message.map((one) => withoutAllowedDifferences(place, one, context));
  if (typeof message !== 'object' || message === null) return message;
  const fields = message as Fields;
  const rules = RULES[place] ?? {};
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      const rule = rules[name];
      return [
        name,
        rule === undefined ? withoutAllowedDifferences(name, value, context) : rule(value, fields, context),
      ];
    }),
  );
}

/**
 * Watch events of a watcher that had to catch up with history when it was created. etcd catches up ten times
 * a second, so the split into responses, and their headers' revisions, depend on timing. The events
 * themselves, their order and content do not.
 */
export function withoutBatching(responses: readonly unknown[]): readonly unknown[] {
  return responses.flatMap((response): readonly unknown[] => {
    const { events, ...rest } = response as { readonly events: readonly unknown[] };
    return events.length === 0 ? [{ ...rest, events }] : events.map((event) => ({ event }));
  });
}
