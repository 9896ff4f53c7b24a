/**
 * All in which two correct etcds may differ, and nothing else: each rule replaces what is free by a text, on both
 * sides alike, after checking what is not free about it. Invariant: whatever no rule names is compared exactly.
 */
import type { Meaning } from './symbolic-values.js';

/** Keys that stand in the way of a comparison on one side: what the server calls itself. */
export interface Identity {
  readonly clusterId: bigint;
  readonly memberId: bigint;
  readonly raftTerm: number;
  readonly peerUrl: string;
}

/** What is compared of a message beside its bytes. */
export interface DifferenceContext {
  readonly identity: Identity;
  readonly meaning: Meaning;
}

type Fields = Readonly<Record<string, unknown>>;
type Rule = (value: unknown, message: Fields, context: DifferenceContext) => unknown;

/** A sequence takes less; whoever takes longer has another problem. */
const SEQUENCE_SECONDS_MAX = 20;

/** The ids of cluster and members are the server's choice, but it must keep to them; absent is 0 and stays 0. */
const clusterId: Rule = (value, _message, { identity }) =>
  value === identity.clusterId ? 'the cluster' : value;
const memberId: Rule = (value, _message, { identity }) =>
  value === identity.memberId ? 'the member' : value;

/** Terms count elections, of which there is at least one. */
const raftTerm: Rule = (value, _message, { identity }) => (value === identity.raftTerm ? 'the term' : value);

/** A lease that was granted without an id has one of the server's choice. */
const leaseId: Rule = (value, _message, { meaning }) => {
  const index = meaning.leases.findIndex((id) => id === value);
  return index === -1 || !meaning.chosenByServer.has(value as bigint) ? value : `lease ${index}`;
};

/** Time passes on both sides, not at the same pace. */
const remainingTtl: Rule = (value, { grantedTTL }) => {
  const [remaining, granted] = [Number(value), Number(grantedTTL)];
  return remaining <= granted && remaining >= granted - SEQUENCE_SECONDS_MAX && granted > 0
    ? `at most ${SEQUENCE_SECONDS_MAX} s less than granted`
    : value;
};

/** Keys of a lease come out of a Go map, in no order. */
const anyOrder: Rule = (value) => [...(value as readonly string[])].sort();

/** A token is random, but for the place in the log at which it was given. */
const token: Rule = (value, _message, { meaning }) => {
  const index = meaning.tokens.indexOf(String(value));
  return index === -1 || !/^[a-zA-Z]{16}\.\d+$/.test(String(value)) ? value : `token ${index}`;
};

/** Counts every change of users and roles that an etcd has seen. */
const authRevision: Rule = (value, _message, { meaning }) => Number(value) - meaning.startAuthRevision;

/** A member that was added has an id that is made of the time. */
const anyMemberId: Rule = (value, message, context) => {
  const index = context.meaning.members.indexOf(value as bigint);
  return index === -1 ? memberId(value, message, context) : `member ${index}`;
};

/** Where the member that was there first runs, and what it is called; the others have said nothing of themselves. */
const ofFirstMember: Rule = (value, { ID }, { identity }) => (ID === identity.memberId ? 'free' : value);

const peerUrls: Rule = (value, _message, { identity }) =>
  (value as readonly string[]).map((url) => (url === identity.peerUrl ? 'its own' : url)).sort();

/** In order of their ids, which is another on either side. */
const members: Rule = (value, _message, context) => {
  const list = value as readonly { readonly ID: bigint }[];
  const isSorted = list.every(({ ID }, index) => index === 0 || (list[index - 1]?.ID ?? 0n) < ID);
  const views = list.map((member) => JSON.stringify(withoutAllowedDifferences('member', member, context)));
  return isSorted ? views.sort() : 'members out of order';
};

/** Alarms come out of a Go map, in no order. */
const alarms: Rule = (value, _message, context) =>
  (value as readonly unknown[])
    .map((alarm) => JSON.stringify(withoutAllowedDifferences('alarm', alarm, context), writeIds))
    .sort();

/** Alarms among them are told with ids of members. Spaces between fields are no part of what protobuf promises. */
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

/** Of keys with leases that the server chose no two etcds have the same hash. */
const hashOfKeys: Rule = (value, _message, { meaning }) => (meaning.chosenByServer.size > 0 ? 'free' : value);

/** How large the database is on disk; never empty. */
const positive: Rule = (value) => (Number(value) > 0 ? 'positive' : value);

/** Where processes run and what they are called. */
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
 * The message without what is free.
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
 * Watch events of a watcher that had history to catch up with when it was created: etcd catches up ten times a
 * second, so which of them come in one response, and at which revision's header, depends on when. That they come,
 * in which order and with which content, does not.
 */
export function withoutBatching(responses: readonly unknown[]): readonly unknown[] {
  return responses.flatMap((response): readonly unknown[] => {
    const { events, ...rest } = response as { readonly events: readonly unknown[] };
    return events.length === 0 ? [{ ...rest, events }] : events.map((event) => ({ event }));
  });
}
