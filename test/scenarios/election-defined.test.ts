/**
 * The checks of elections against plain definitions of their promises, over small histories, correct and
 * wrong.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { electionChecks } from '../../scenarios/election/checks.js';
import { knownRevisions } from '../../scenarios/checks/known-revisions.js';
import { runChecks } from '../../sim/check/check.js';
import type { History, LogEvent, Operation } from '../../sim/history/history.js';
import { editedElection, electionEdits, ELECTIONS, NODES, rightElections } from './election-histories.js';
import {
  expectAsDefined,
  expectBothOften,
  isBefore,
  isToldInTime,
  newestRevision,
  possibleRevisions,
  presentAt,
  revisionsOf,
  runsOr,
  troublesOf,
  type Definitions,
  type Tally,
} from './plain-definitions.js';

const TTL_SECONDS = 2;
const checks = electionChecks(ELECTIONS);

/**
 * Whether the key belongs to a candidacy: the election's name, alone or in etcd3's place, followed by a
 * number.
 */
function isCandidacy(key: string, election: string): boolean {
  const [name, number = ''] = [key.slice(0, key.lastIndexOf('/')), key.slice(key.lastIndexOf('/') + 1)];
  return [election, `election/${election}`].includes(name) && /^[0-9a-f]+$/.test(number);
}

/** The oldest existing candidacy. */
function leaderAt(history: History, election: string, revision: number): LogEvent | undefined {
  const keys = new Set(history.log.flatMap(({ events }) => events.map(({ key }) => key)));
  const there = [...keys].flatMap((key) =>
    isCandidacy(key, election) ? (presentAt(history, key, revision) ?? []) : [],
  );
  return there.find((one) => there.every((other) => one.createRevision <= other.createRevision));
}

interface Claim {
  readonly operation: Operation;
  readonly election: string;
  readonly key: string;
  readonly token: number;
  readonly elected: number | null;
}

function claimsOf({ operations }: History): Claim[] {
  return operations.flatMap((operation) => {
    const { name, input, outcome } = operation;
    if (name !== 'campaign' || outcome?.kind !== 'ok') return [];
    const { election } = input as { readonly election: string };
    return [{ operation, election, ...(outcome.output as Omit<Claim, 'operation' | 'election'>) }];
  });
}

const roundOf = ({ id }: Operation) => id.replace(/\..*$/, '');

/** When a leader heard, or decided, that it no longer leads. */
function endOf({ operations }: History, { operation }: Claim) {
  return operations.find(({ id }) => id.startsWith(`${roundOf(operation)}.resign`))?.invoke;
}

/** Every reign that overlaps the revisions, and when it began. */
function reignsIn(history: History, election: string, revisions: readonly number[]) {
  const reigns: { value: string | undefined; key: string | undefined; began: number }[] = [];
  for (const revision of revisions) {
    const { value, key } = leaderAt(history, election, revision) ?? {};
    const last = reigns.at(-1);
    if (last !== undefined && last.value === value && last.key === key) continue;
    let began = revision;
    for (let before = revision - 1; before >= 0; before--) {
      const leader = leaderAt(history, election, before);
      if (leader?.value !== value || leader?.key !== key) break;
      began = before;
    }
    reigns.push({ value, key, began });
  }
  return reigns.filter(({ value }) => value !== undefined);
}

const definitions: Definitions = {
  'one-leader': (history) =>
    claimsOf(history).every((claim) => {
      const { operation, election, key, token, elected } = claim;
      const isLeader = (revision: number) => {
        const leader = leaderAt(history, election, revision);
        return leader?.key === key && leader.createRevision === token;
      };
      const isAlone = claimsOf(history).every(
        (other) => other.operation === operation || other.key !== key || other.token !== token,
      );
      return isAlone && (elected === null ? possibleRevisions(history, operation) : [elected]).some(isLeader);
    }),
  'loss-told-in-time': (history) =>
    claimsOf(history).every((loser) =>
      claimsOf(history).every((other) => {
        const [since, otherSince] = [loser.operation.return, other.operation.return];
        if (loser.election !== other.election || since === undefined || otherSince === undefined) return true;
        const isOlder =
          loser.token < other.token || (loser.token === other.token && isBefore(since, otherSince));
        const from = isBefore(since, otherSince) ? otherSince : since;
        const told = endOf(history, loser);
        if (!isOlder || isBefore(told, from) || isBefore(endOf(history, other), from)) return true;
        return isToldInTime(history, { node: loser.operation.node, from, told, seconds: TTL_SECONDS });
      }),
    ),
  'proclaimed-once': (history) =>
    history.operations.every(({ id, name, input, outcome }) => {
      if (name !== 'proclaim') return true;
      const { election, token } = input as { readonly election: string; readonly token: number };
      const puts = history.log.flatMap(({ revision, events }) =>
        events
          .filter(
            ({ type, key, value }) =>
              type === 'put' && value === id && ELECTIONS.some((one) => isCandidacy(key, one)),
          )
          .map((event) => ({ ...event, revision })),
      );
      const isRight = puts.every(({ key, createRevision, revision }) => {
        const leader = leaderAt(history, election, revision);
        return isCandidacy(key, election) && createRevision === token && leader?.key === key;
      });
      if (puts.length > 1 || !isRight) return false;
      if (outcome?.kind === 'failed') return puts.length === 0;
      return (
        outcome?.kind !== 'ok' ||
        (puts.length === 1 && [undefined, puts[0]?.revision].includes(outcome.revision))
      );
    }),
  'told-the-truth': (history) =>
    history.operations.every((operation) => {
      const { name, input, outcome } = operation;
      if (name !== 'leader' || outcome?.kind !== 'ok') return true;
      const { election } = input as { readonly election: string };
      const { value } = outcome.output as { readonly value: string | null };
      return possibleRevisions(history, operation).some(
        (revision) => (leaderAt(history, election, revision)?.value ?? null) === value,
      );
    }),
  'observed-in-order': (history) =>
    history.operations.every((operation) => {
      const { name, input, outcome } = operation;
      if (name !== 'observe' || outcome?.kind !== 'ok') return true;
      const { election } = input as { readonly election: string };
      const { told } = outcome.output as { readonly told: readonly string[] };
      const reigns = reignsIn(history, election, possibleRevisions(history, operation));
      const compacted = Math.max(0, ...(history.compactions ?? []));
      /**
       * Whether the rest can have been reported after the reign at that place; at first, before all of them.
       */
      const canFollow = (place: number, rest: readonly string[]): boolean => {
        const [value, ...more] = rest;
        if (value === undefined) return true;
        const isFree = place === -1 || (reigns[place]?.began ?? 0) <= compacted;
        return reigns.some(
          (reign, next) =>
            next > place && reign.value === value && (isFree || next === place + 1) && canFollow(next, more),
        );
      };
      return canFollow(-1, told);
    }),
  'let-go': (history) =>
    history.operations.every((operation) => {
      const { name, input, outcome } = operation;
      if (name !== 'resign' || outcome?.kind !== 'ok') return true;
      if ((input as { lost: boolean }).lost || !(outcome.output as { gone: boolean }).gone) return true;
      const claim = claimsOf(history).find((one) => roundOf(one.operation) === roundOf(operation));
      if (claim === undefined) return true;
      return (
        presentAt(history, claim.key, newestRevision(history, operation))?.createRevision !== claim.token
      );
    }),
};

it('correct elections pass', () => {
  fc.assert(
    fc.property(rightElections, (history) => {
      expect(runChecks(checks, history).filter(({ verdict }) => verdict !== 'satisfied')).toEqual([]);
    }),
    { numRuns: runsOr(500) },
  );
});

it('every check of elections agrees with every revision, every pair and every tick', () => {
  const tally: Tally = new Map();
  const compactions = fc.array(fc.integer({ min: 2, max: 8 }), { maxLength: 1 });
  fc.assert(
    fc.property(
      rightElections,
      electionEdits,
      troublesOf(NODES),
      compactions,
      (right, list, troubles, compacted) => {
        const history = { compactions: compacted, ...list.reduce(editedElection, right), ...troubles };
        // If a later event was reported early, it is unknown what others saw.
        fc.pre(history.operations.every((operation) => possibleRevisions(history, operation).length > 0));
        expectAsDefined(checks, definitions, { history, tally });
      },
    ),
    { numRuns: runsOr(2500) },
  );
  expectBothOften(tally, checks, 5);
});

it('the revisions that an operation may have seen are those that every other operation allows', () => {
  fc.assert(
    fc.property(rightElections, electionEdits, (right, list) => {
      const history = list.reduce(editedElection, right);
      const known = knownRevisions(history);
      for (const operation of history.operations) {
        const { low, high } = known.during(operation);
        const within = revisionsOf(history).filter((revision) => low <= revision && revision <= high);
        expect(within).toEqual(possibleRevisions(history, operation));
      }
    }),
    { numRuns: runsOr(500) },
  );
});
