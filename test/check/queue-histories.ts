/** Random small histories of a queue, about half of them possible. */
import type { QueueOperation } from '../../sim/check/queue/items.js';

/** Whole numbers from 0 to below a bound, the same for the same seed. */
export type Draw = (below: number) => number;

/** A linear congruential generator; its high bits are good enough here. */
export function drawFrom(seed: number): Draw {
  let state = (Math.imul(seed, 2654435761) + 12345) >>> 0;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  for (let round = 0; round < 4; round++) next();
  return (below) => Math.floor(next() * below);
}

export interface HistoryShape {
  readonly enqueuesMax: number;
  readonly dequeuesMax: number;
  /** 1 for a queue without priorities. */
  readonly priorities: number;
  /** One of this many operations stays unanswered; 0 for none. */
  readonly oneUnresolvedOf: number;
  /** Operations overlap more the larger it is. */
  readonly overlap: number;
}

interface Draft {
  readonly id: string;
  readonly kind: 'enqueue' | 'dequeue';
  value: string | undefined;
  readonly priority: number;
  invoke: number;
  return: number;
  /** When it happens, in the order of the original history. */
  point: number;
  unresolved: boolean;
}

/** Draws a history of a correct queue, and then perhaps swaps the items of two dequeues. */
export function drawHistory(draw: Draw, shape: HistoryShape): QueueOperation[] {
  const drafts = drawDrafts(draw, shape);
  const inside: Draft[] = [];
  for (const draft of [...drafts].sort((a, b) => a.point - b.point)) {
    if (draft.kind === 'enqueue') {
      if (draft.unresolved && draw(3) === 0) continue;
      inside.push(draft);
      continue;
    }
    const first = inside.reduce<Draft | undefined>(
      (best, item) => (best === undefined || item.priority < best.priority ? item : best),
      undefined,
    );
    if (first === undefined || (draft.unresolved && draw(2) === 0)) draft.unresolved = true;
    else {
      inside.splice(inside.indexOf(first), 1);
      draft.value = first.value;
    }
  }
  spoil(draw, drafts);
  return drafts.map((draft) => ({
    id: draft.id,
    kind: draft.kind,
    ...(draft.kind === 'dequeue' && draft.unresolved ? {} : { value: draft.value }),
    ...(draft.kind === 'enqueue' ? { priority: draft.priority } : {}),
    invoke: draft.invoke,
    ...(draft.unresolved ? {} : { return: draft.return }),
  }));
}

function drawDrafts(draw: Draw, shape: HistoryShape): Draft[] {
  const enqueues = 1 + draw(shape.enqueuesMax);
  const dequeues = draw(shape.dequeuesMax + 1);
  const span = (enqueues + dequeues) * 10;
  const drafts = Array.from({ length: enqueues + dequeues }, (_, index): Draft => {
    const kind = index < enqueues ? 'enqueue' : 'dequeue';
    const invoke = draw(span) + (kind === 'dequeue' ? draw(span) : 0);
    const length = 1 + draw(shape.overlap);
    const unresolved = shape.oneUnresolvedOf > 0 && draw(shape.oneUnresolvedOf) === 0;
    return {
      id: `${kind === 'enqueue' ? 'e' : 'd'}${index}`,
      kind,
      value: kind === 'enqueue' ? `v${index}` : undefined,
      priority: draw(shape.priorities),
      invoke,
      return: invoke + length,
      point: invoke + draw(unresolved ? length * 3 : length),
      unresolved,
    };
  });
  // Every event has a place of its own.
  const events = drafts.flatMap((draft) => [
    { at: draft.invoke, set: (place: number) => (draft.invoke = place) },
    { at: draft.point + 0.5, set: (place: number) => (draft.point = place) },
    { at: draft.return + 0.7, set: (place: number) => (draft.return = place) },
  ]);
  for (const [place, event] of events.sort((a, b) => a.at - b.at).entries()) event.set(place);
  return drafts;
}

function spoil(draw: Draw, drafts: readonly Draft[]): void {
  const known = drafts.filter((draft) => draft.kind === 'dequeue' && !draft.unresolved);
  for (let count = draw(4); count > 0 && known.length > 0; count--) {
    const [one, other] = [known[draw(known.length)], known[draw(known.length)]];
    if (one === undefined || other === undefined) continue;
    if (draw(4) === 0) {
      const enqueues = drafts.filter((draft) => draft.kind === 'enqueue');
      one.value = enqueues[draw(enqueues.length)]?.value;
    } else [one.value, other.value] = [other.value, one.value];
  }
}
