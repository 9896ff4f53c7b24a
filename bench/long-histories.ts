/**
 * Long histories for the checkers: what many clients would have seen of one queue, of registers or of
 * transactions. Each operation takes effect at a moment between its invocation and its return. They are
 * correct; `spoilt` adds one violation at the end.
 */
import seedrandom from 'seedrandom';
import type { QueueOperation } from '../sim/check/queue/items.js';
import type { RegisterCall, RegisterOperation } from '../sim/check/register.js';
import type { TransactionRecord } from '../sim/check/transactions.js';

export interface HistoryShape {
  readonly operations: number;
  readonly clients: number;
  /** The share of unanswered operations, half of which happened nevertheless. */
  readonly open: number;
  readonly spoilt: boolean;
}

/**
 * When an operation was invoked, took effect and was answered; `lost` without an answer, `absent` without an
 * effect.
 */
interface Span {
  readonly id: string;
  readonly invoke: number;
  readonly point: number;
  readonly return: number;
  readonly lost: boolean;
  readonly absent: boolean;
}

const SEED = 'long histories';
/** Later than everything that a history holds. */
const AFTER = 1e9;

/** In the order in which they take effect. */
function drawSpans({ operations, clients, open }: HistoryShape, random: () => number): Span[] {
  const freeAt = Array.from({ length: clients }, () => 0);
  const spans = Array.from({ length: operations }, (_, index): Span => {
    let client = 0;
    for (let other = 1; other < clients; other++) {
      if ((freeAt[other] ?? 0) < (freeAt[client] ?? 0)) client = other;
    }
    const invoke = (freeAt[client] ?? 0) + random() * 2;
    const end = invoke + 1 + random() * 10;
    freeAt[client] = end + 0.001;
    const point = invoke + random() * (end - invoke);
    const lost = random() < open;
    return { id: `o${index}`, invoke, point, return: end, lost, absent: lost && random() < 0.5 };
  });
  return spans.sort((left, right) => left.point - right.point);
}

/** The values of one priority, in order of arrival, and the index of the next to leave. */
interface Line {
  readonly values: string[];
  next: number;
}

/** One FIFO queue, or with `priorities` above 1 one that hands out the smallest priority first. */
export function queueHistory(shape: HistoryShape, priorities = 1): QueueOperation[] {
  const random = seedrandom(SEED);
  const waiting = Array.from({ length: priorities }, (): Line => ({ values: [], next: 0 }));
  const take = (): string | undefined => {
    const line = waiting.find(({ values, next }) => next < values.length);
    return line?.values[line.next++];
  };
  const operations: QueueOperation[] = [];
  for (const span of drawSpans(shape, random)) {
    const { id, invoke, lost, absent } = span;
    const priority = Math.trunc(random() * priorities);
    const value = random() < 0.5 ? take() : undefined;
    if (value !== undefined) {
      operations.push({ id, kind: 'dequeue', value, invoke, return: span.return });
      continue;
    }
    if (!absent) waiting[priority]?.values.push(id);
    operations.push({
      id,
      kind: 'enqueue',
      value: id,
      priority,
      invoke,
      return: lost ? undefined : span.return,
    });
  }
  let clock = AFTER;
  const alone = (kind: 'enqueue' | 'dequeue', value: string) => {
    const invoke = (clock += 2);
    operations.push({ id: `${kind}-${clock}`, kind, value, priority: 0, invoke, return: invoke + 1 });
  };
  for (let value = take(); value !== undefined; value = take()) alone('dequeue', value);
  if (shape.spoilt) {
    for (const value of ['first', 'second']) alone('enqueue', value);
    for (const value of ['second', 'first']) alone('dequeue', value);
  }
  return operations;
}

/** One register that is read, written and swapped. */
export function registerHistory(shape: HistoryShape): RegisterOperation[] {
  const random = seedrandom(SEED);
  let now: string | null = null;
  const operations = drawSpans(shape, random).map((span): RegisterOperation => {
    const { id, invoke, lost, absent } = span;
    const kind = random();
    const written = { key: 'r', value: id };
    let call: RegisterCall = { kind: 'read', key: 'r', value: now };
    if (kind > 0.5) call = { kind: 'write', ...written };
    if (kind > 0.8) call = { kind: 'swap', ...written, expected: now };
    if (call.kind !== 'read' && !absent) now = id;
    return { id, call, invoke, return: lost ? undefined : span.return };
  });
  // The initial value.
  const stale: RegisterCall = { kind: 'read', key: 'r', value: null };
  return shape.spoilt
    ? [...operations, { id: 'stale', call: stale, invoke: AFTER, return: AFTER + 1 }]
    : operations;
}

const KEYS = 1000;

/** Transactions that read two of a thousand keys, of which two of three write one of them. */
export function transactionHistory(shape: HistoryShape): TransactionRecord[] {
  const random = seedrandom(SEED);
  const written = new Map<string, { readonly modRevision: number; readonly value: string }>();
  let revision = 1;
  const key = () => `k${Math.trunc(random() * KEYS)}`;
  const records = drawSpans(shape, random).map((span): TransactionRecord => {
    const { id, invoke, lost, absent } = span;
    const keys = [...new Set([key(), key()])];
    const [first = ''] = keys;
    const reads = keys.map((one) => ({ key: one, ...(written.get(one) ?? { modRevision: 0 }) }));
    const writes = random() < 2 / 3 ? [{ key: first, kind: 'put' as const, value: id }] : [];
    if (writes.length > 0 && !absent) written.set(first, { modRevision: ++revision, value: id });
    if (lost) return { id, outcome: 'indefinite', invoke, reads: [], writes };
    return { id, outcome: 'ok', invoke, return: span.return, revision, reads, writes };
  });
  if (!shape.spoilt) return records;
  const stale = [...written.keys()].slice(0, 1).map((one) => ({ key: one, modRevision: 0 }));
  const late = { id: 'stale', outcome: 'ok', invoke: AFTER, return: AFTER + 1, revision } as const;
  return [...records, { ...late, reads: stale, writes: [] }];
}
