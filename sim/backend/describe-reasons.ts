/** Why nodes wait, in words: one sentence for each reason, and the headline of the problem. */
import { OBSERVER } from '../scenario/expect-nodes.js';
import type {
  Author,
  Circle,
  Held,
  KeyChange,
  LostWakeUp,
  Polls,
  Waiter,
  WaitReason,
} from './wait-reasons.js';

/** The longest circle that is described completely. */
const CIRCLE_WAITS_MAX = 4;

/** A circle, otherwise a lost wake-up; undefined if there is neither. */
export function headlineOf(reasons: readonly WaitReason[]): string | undefined {
  const reason = reasons.find(({ kind }) => kind === 'circle') ?? reasons.find(({ kind }) => kind === 'lost');
  return reason && describeReason(reason);
}

export function describeReason(reason: WaitReason): string {
  switch (reason.kind) {
    case 'held':
      return describeHeld(reason);
    case 'circle':
      return describeCircle(reason);
    case 'lost':
      return describeLost(reason);
    case 'polls':
      return describePolls(reason);
    default:
      return reason satisfies never;
  }
}

function describeHeld({ waiter, change, fate }: Held): string {
  return describePut(`${waiter.node} waits for ${change.key}`, waiter, change, fate);
}

function describePolls({ waiter, key, times, change, isOld, fate }: Polls): string {
  const asks = `${waiter.node} has asked ${times} times in a row for ${key}`;
  if (change === undefined) return `${asks}, which nobody has put`;
  if (isOld) return `${asks}, and gets an old answer: ${describeChange(change)}`;
  if (change.type === 'put') return describePut(asks, waiter, change, fate);
  const { by, revision } = change;
  const when = `which was deleted at revision ${revision}`;
  return `${asks}, ${by === undefined ? when : `${when} by ${by.operation ?? by.node}`}; nobody has put it since`;
}

/** @param waits the beginning, such as `a waits for lock` */
function describePut(waits: string, waiter: Waiter, { by, revision }: KeyChange, fate: Held['fate']): string {
  if (by === undefined) return `${waits}, which was put at revision ${revision}`;
  if (by.node === OBSERVER) return `${waits}, which setup() put`;
  const self = by.node === waiter.node;
  const put = `${waits}, which ${self ? 'it put itself' : `${by.node} put`}${within(by)}`;
  switch (fate) {
    case undefined:
      return put;
    case 'ended':
      return `${put}; ${by.node} has ended, so nothing will delete it`;
    case 'died':
      return `${put}; that process of ${by.node} has died`;
    default:
      return fate satisfies never;
  }
}

function describeCircle({ waits }: Circle): string {
  if (waits.length === 1) return `${waits.map(describeHeld).join('')}: it waits for itself`;
  const told = waits.slice(0, CIRCLE_WAITS_MAX).map(describeHeld);
  const left = waits.length - told.length;
  return `${told.join('; ')}${left > 0 ? `; and ${left} more` : ''}: they wait in a circle`;
}

function describeLost({ waiter, change, fromRevision, how }: LostWakeUp): string {
  const what = describeChange(change);
  const watches = `from revision ${fromRevision}`;
  const untold = `${what}${change.isLast ? ', and' : ''} never reached ${waiter.node}`;
  switch (how) {
    case 'before': {
      const came = change.isLast ? `${what},` : `${what} came`;
      return `${came} before ${waiter.node} began to watch ${watches}: the wake-up was lost`;
    }
    case 'untold':
      return `${untold}, which watches ${watches}: the wake-up was lost`;
    case 'unwatched':
      return `${untold}, whose watch ${watches} had broken: the wake-up was lost`;
    default:
      return how satisfies never;
  }
}

function describeChange({ key, type, revision, isLast, by }: KeyChange): string {
  const what = type === 'put' ? 'put' : 'deletion';
  // No call made the deletions of an expired lease.
  const when =
    by === undefined ? `at revision ${revision}` : `at revision ${revision} by ${by.operation ?? by.node}`;
  return isLast ? `the last change of ${key} was its ${what} ${when}` : `the ${what} of ${key} ${when}`;
}

function within({ operation }: Author): string {
  return operation === undefined ? '' : ` in ${operation}`;
}
