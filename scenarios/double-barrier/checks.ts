/** What must hold at every double barrier, as rules over what its members say. */
import type { Check, Finding } from '../../sim/check/check.js';
import {
  doubleBarrierViolation,
  type DoubleBarrierViolation,
  type Stay,
} from '../../sim/check/double-barrier.js';
import type { History, Operation } from '../../sim/history/history.js';
import type { OptionValues } from '../../sim/plan/options.js';

export function doubleBarrierChecks(options: OptionValues): readonly Check[] {
  const count = Number(options['count']);
  return [
    {
      name: 'together',
      description: `Nobody is let in before ${count} have come, and nobody is told that all have left while another is inside.`,
      check(history): Finding {
        const violation = doubleBarrierViolation(staysOf(history), count);
        return violation === undefined ? { verdict: 'satisfied' } : sayViolation(violation, count);
      },
    },
    {
      name: 'let-in-full',
      description: `A double barrier lets in only while the keys of ${count} are there.`,
      check: (history) => letInFull(history, count),
    },
    {
      name: 'nobody-left',
      description: 'When all is done nobody waits or is inside, and nothing lets anybody in.',
      check: nothingLeft,
    },
  ];
}

/** Each enter of a node with what the node did next. */
function staysOf({ operations }: History): Stay[] {
  const byNode = new Map<string, Operation[]>();
  for (const operation of operations) {
    const own = byNode.get(operation.node) ?? [];
    byNode.set(operation.node, [...own, operation]);
  }
  return [...byNode.values()].flatMap((own) =>
    own.flatMap((operation, index) =>
      operation.name === 'enter' ? [stayOf(operation, own[index + 1], firstTry(own, index))] : [],
    ),
  );
}

/** Whoever may be in the barrier goes on from there: it has come with the first of its tries. */
function firstTry(own: readonly Operation[], index: number): Operation | undefined {
  const before = own[index - 1];
  const goesOn =
    before?.name === 'enter' &&
    before.outcome?.kind === 'indefinite' &&
    barrierOf(before) === barrierOf(own[index]);
  return goesOn ? firstTry(own, index - 1) : own[index];
}

function barrierOf(operation: Operation | undefined): string | undefined {
  return (operation?.input as { readonly barrier?: string } | undefined)?.barrier;
}

function stayOf(enter: Operation, next: Operation | undefined, first = enter): Stay {
  const { id, node, outcome, return: end } = enter;
  const isOk = outcome?.kind === 'ok';
  const endsStay = next?.name === 'leave' || next?.name === 'close' ? next : undefined;
  return {
    id,
    node,
    barrier: barrierOf(enter) ?? '',
    came: first.invoke.sequence,
    ...(isOk ? { entered: end?.sequence ?? Infinity } : {}),
    goes: isOk ? (endsStay?.invoke.sequence ?? Infinity) : countedUntil(enter),
    ...(endsStay?.name === 'leave' && endsStay.outcome?.kind === 'ok'
      ? { left: endsStay.return?.sequence ?? Infinity }
      : {}),
    // Whose leave failed may have lost its session long before.
    stayed: isOk && endsStay?.name === 'leave' && endsStay.outcome?.kind === 'ok',
    lost: lostItsSession(enter) || (endsStay !== undefined && lostItsSession(endsStay)),
  };
}

/** Until when a node may be counted that was not let in: whose session is lost is, until its lease has ended. */
function countedUntil(enter: Operation): number {
  return lostItsSession(enter) ? Infinity : (enter.return?.sequence ?? Infinity);
}

/** Whether the node's key may have outlived the operation until its lease ended. */
function lostItsSession({ outcome }: Operation): boolean {
  if (outcome?.kind === 'ok') return false;
  return outcome?.kind !== 'failed' || outcome.error.name === 'SessionLostError';
}

function sayViolation(violation: DoubleBarrierViolation, count: number): Finding {
  const { stay } = violation;
  switch (violation.kind) {
    case 'entered early': {
      const nodes = new Set(violation.company.map(({ node }) => node));
      return {
        verdict: 'violated',
        message: `${stay.id} was let into ${stay.barrier} when ${nodes.size + 1} of ${count} had come`,
        operations: [stay.id, ...violation.company.map(({ id }) => id).slice(0, 4)],
        revisions: [],
      };
    }
    case 'left early':
      return {
        verdict: 'violated',
        message: `${stay.node} was told that all have left ${stay.barrier} after ${stay.id}, and ${violation.inside.node} was inside since ${violation.inside.id}`,
        operations: [stay.id, violation.inside.id],
        revisions: [],
      };
    default:
      return violation satisfies never;
  }
}

const KEY = /^(.*)\/(ready|waiters\/\d+)$/;

/** Every put of a key that lets in, with who was there then. */
function letInFull({ log }: History, count: number): Finding {
  const waiters = new Map<string, Set<string>>();
  for (const { revision, events } of log) {
    for (const { type, key } of events) {
      const [, barrier, what] = KEY.exec(key) ?? [];
      if (barrier === undefined) continue;
      const there = waiters.get(barrier) ?? new Set();
      waiters.set(barrier, there);
      if (what !== 'ready') {
        if (type === 'put') there.add(key);
        else there.delete(key);
      } else if (type === 'put' && there.size < count) {
        return {
          verdict: 'violated',
          message: `revision ${revision} lets into ${barrier} when ${there.size} of ${count} are there`,
          operations: [],
          revisions: [revision],
        };
      }
    }
  }
  return { verdict: 'satisfied' };
}

function nothingLeft({ log, operations }: History): Finding {
  // The key of a session that was lost stays until its lease has ended, perhaps after the run.
  if (operations.some(lostItsSession)) return { verdict: 'satisfied' };
  const left = new Map<string, number>();
  for (const { revision, events } of log) {
    for (const { type, key } of events) {
      if (type === 'delete') left.delete(key);
      // The key that lets in may outlive a round whose last one closed its session: the next one removes it.
      else if (KEY.test(key) && !key.endsWith('/ready')) left.set(key, revision);
    }
  }
  const [first] = left;
  if (first === undefined) return { verdict: 'satisfied' };
  const [key, revision] = first;
  return { verdict: 'violated', message: `${key} is left`, operations: [], revisions: [revision] };
}
