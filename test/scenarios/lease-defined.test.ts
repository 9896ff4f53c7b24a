/**
 * The checks of leases against plain definitions of their promises, over small histories, correct and wrong.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { leaseChecks } from '../../scenarios/lease/checks.js';
import { runChecks } from '../../sim/check/check.js';
import type { History, Operation } from '../../sim/history/history.js';
import {
  editedLeases,
  leaseEdits,
  NODES,
  rightLeases,
  roundOf,
  TTL_SECONDS,
  TTL_TICKS,
} from './lease-histories.js';
import {
  expectAsDefined,
  expectBothOften,
  isBefore,
  isToldInTime,
  newestRevision,
  ownTicks,
  presentAt,
  runsOr,
  troublesOf,
  type Definitions,
  type Tally,
} from './plain-definitions.js';

interface Put {
  readonly put: Operation;
  readonly key: string;
  readonly grant: Operation | undefined;
  readonly end: Operation | undefined;
  readonly how: string | undefined;
  readonly isRevoked: boolean;
}

/** Every put with the fate of its lease. */
function putsOf({ operations, revocations = [] }: History): Put[] {
  return operations
    .filter(({ name }) => name === 'put')
    .map((put) => {
      const of = (name: string) =>
        operations.find((one) => roundOf(one) === roundOf(put) && one.name === name);
      const { key, lease } = put.input as { readonly key: string; readonly lease: string };
      const end = of('end');
      const how = (end?.input as { readonly how: string } | undefined)?.how;
      return { put, key, grant: of('grant'), end, how, isRevoked: revocations.includes(lease) };
    });
}

/** Every reading that began after the put had been reported, and did not see its key. */
function missesOf({ operations }: History, { put, key }: Put): Operation[] {
  return operations.filter(({ name, outcome, invoke }) => {
    if (name !== 'look' || outcome?.kind !== 'ok' || put.outcome?.kind !== 'ok') return false;
    const { keys } = outcome.output as { readonly keys: readonly string[] };
    return isBefore(put.return, invoke) && !keys.includes(key);
  });
}

function isWritten({ log }: History, value: string, key?: string): boolean {
  return log.some(({ events }) =>
    events.some((event) => event.type === 'put' && event.value === value && (key ?? event.key) === event.key),
  );
}

const definitions: Definitions = {
  'loss-told-in-time': (history) =>
    putsOf(history).every((one) =>
      missesOf(history, one).every((look) => {
        const { put, end, isRevoked } = one;
        const crash = history.crashes?.find(({ node, at }) => node === put.node && isBefore(put.return, at));
        const told = end?.invoke ?? crash?.at;
        if (look.return === undefined || isBefore(told, look.return)) return true;
        const seconds = isRevoked ? TTL_SECONDS : 0;
        return isToldInTime(history, { node: put.node, from: look.return, told, seconds });
      }),
    ),
  'lost-for-a-reason': (history) =>
    history.operations.every(({ id, name, node, input, invoke }) => {
      const { how, lease } = (input ?? {}) as { readonly how?: string; readonly lease?: string };
      const grant = history.operations.find((one) => one.id === id.replace('.end', '.grant'));
      if (name !== 'end' || how !== 'lost' || grant === undefined) return true;
      if (history.revocations?.includes(lease ?? '') === true) return true;
      const age = invoke.sequence - grant.invoke.sequence;
      return Math.max(age, ownTicks(history, node, { from: grant.invoke, until: invoke })) >= TTL_TICKS;
    }),
  'lives-its-ttl': (history) =>
    putsOf(history).every((one) => {
      const { grant, end, how, isRevoked } = one;
      if (grant === undefined || isRevoked) return true;
      return missesOf(history, one).every((look) => {
        if (look.return === undefined) return true;
        const isEnded = end !== undefined && how !== 'release' && isBefore(end.invoke, look.return);
        return isEnded || look.return.sequence - grant.invoke.sequence >= TTL_TICKS;
      });
    }),
  'told-once': ({ operations }) =>
    operations.every(({ name, outcome }) => {
      return (
        name !== 'end' || outcome?.kind !== 'ok' || (outcome.output as { tellings: number }).tellings <= 1
      );
    }),
  written: (history) =>
    putsOf(history).every(({ put: { id, outcome }, key }) => {
      if (outcome?.kind === 'ok') return isWritten(history, id, key);
      return outcome?.kind !== 'failed' || !isWritten(history, id);
    }),
  'closed-is-gone': (history) =>
    putsOf(history).every(({ key, end, how }) => {
      if (how !== 'close' || end?.outcome?.kind !== 'ok') return true;
      return presentAt(history, key, newestRevision(history, end)) === undefined;
    }),
};

it('correct leases pass', () => {
  fc.assert(
    fc.property(rightLeases, (history) => {
      expect(runChecks(leaseChecks, history).filter(({ verdict }) => verdict !== 'satisfied')).toEqual([]);
    }),
    { numRuns: runsOr(1000) },
  );
});

it('every check of leases agrees with every put, every reading and every tick', () => {
  const tally: Tally = new Map();
  fc.assert(
    fc.property(rightLeases, leaseEdits, troublesOf(NODES), (right, list, troubles) => {
      const history = { ...list.reduce(editedLeases, right), ...troubles };
      expectAsDefined(leaseChecks, definitions, { history, tally });
    }),
    { numRuns: runsOr(6000) },
  );
  expectBothOften(tally, leaseChecks, 5);
});
