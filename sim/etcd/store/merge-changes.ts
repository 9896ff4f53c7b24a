/**
 * The changes of many keys in order of their revisions, taken from the histories of the keys as they are asked for: a
 * heap of cursors. Invariant: the first takes time for the number of keys that have changes, each further one for the
 * logarithm of that, and nothing for changes that are not asked for.
 */
import type { Change } from './change.js';

/** A place in the history of one key: a change that is there, and all that follow. */
export interface ChangeCursor {
  readonly changes: readonly Change[];
  position: number;
}

/** @param cursors one a key; the array and the cursors are used up */
export function* mergeChanges(cursors: ChangeCursor[]): Generator<Change, void, undefined> {
  for (let index = (cursors.length >>> 1) - 1; index >= 0; index--) sink(cursors, index);
  for (let first = cursors[0]; first !== undefined; first = cursors[0]) {
    yield at(first);
    first.position++;
    if (first.position === first.changes.length) {
      const last = cursors.pop();
      if (last === first || last === undefined) return;
      cursors[0] = last;
    }
    sink(cursors, 0);
  }
}

/** Moves a cursor down until none below it is earlier. */
function sink(heap: ChangeCursor[], from: number): void {
  const moved = heap[from] as ChangeCursor;
  let index = from;
  for (;;) {
    const left = 2 * index + 1;
    const [one, other] = [heap[left], heap[left + 1]];
    if (one === undefined) break;
    const isOther = other !== undefined && isEarlier(at(other), at(one));
    const child = isOther ? other : one;
    if (!isEarlier(at(child), at(moved))) break;
    heap[index] = child;
    index = isOther ? left + 1 : left;
  }
  heap[index] = moved;
}

function at({ changes, position }: ChangeCursor): Change {
  return changes[position] as Change;
}

function isEarlier(left: Change, right: Change): boolean {
  if (left.modRevision !== right.modRevision) return left.modRevision < right.modRevision;
  return left.sub < right.sub;
}
