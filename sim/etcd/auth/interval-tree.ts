/**
 * Ranges of keys that a permission covers, as etcd keeps them: a red-black tree ordered by where the ranges begin.
 * A sorted list would answer alike for every range that is one; for a range that ends before it begins etcd's answer
 * depends on how its tree has grown, so the tree grows here as it grows there (insertion and rotations are those of
 * Cormen et al., Introduction to Algorithms, chapter 13). Invariant: equal insertions give equal trees.
 */
import type { ByteString } from '../byte-string.js';

/** From `begin` to before `end`; empty is greater than every key. */
export interface Interval {
  readonly begin: ByteString;
  readonly end: ByteString;
}

/** The interval that holds the key alone. */
export function pointOf(key: ByteString): Interval {
  return { begin: key, end: `${key}\0` };
}

interface TreeNode {
  readonly interval: Interval;
  /** The greatest end in the subtree. */
  max: ByteString;
  parent: TreeNode | undefined;
  left: TreeNode | undefined;
  right: TreeNode | undefined;
  isRed: boolean;
}

type Side = 'left' | 'right';
const OTHER = { left: 'right', right: 'left' } as const;

export class IntervalTree {
  readonly #splitsByEnd: boolean;
  #root: TreeNode | undefined;

  /** @param splitsByEnd whether of intervals with one beginning that with the smaller end goes left */
  constructor(splitsByEnd: boolean) {
    this.#splitsByEnd = splitsByEnd;
  }

  insert(interval: Interval): void {
    const node: TreeNode = {
      interval,
      max: interval.end,
      parent: undefined,
      left: undefined,
      right: undefined,
      isRed: true,
    };
    let parent: TreeNode | undefined;
    for (let next = this.#root; next !== undefined; next = next[this.#sideOf(node, next)]) parent = next;
    node.parent = parent;
    if (parent === undefined) {
      this.#root = node;
    } else {
      parent[this.#sideOf(node, parent)] = node;
      updateMax(parent);
    }
    this.#repair(node);
  }

  /** True where some interval has a key in common with this one, which must not be empty. */
  intersects(interval: Interval): boolean {
    let node = this.#root;
    while (node !== undefined && order(interval, node.interval) !== 0) {
      const { left, right }: TreeNode = node;
      node = left !== undefined && compare(left.max, interval.begin) > 0 ? left : right;
    }
    return node !== undefined;
  }

  /** True where the intervals together cover all of this one. */
  contains(interval: Interval): boolean {
    let covered: { readonly begin: ByteString; end: ByteString } | undefined;
    const isContiguous = visit(this.#root, interval, ({ begin, end }) => {
      if (covered === undefined) covered = { begin, end };
      else if (compare(covered.end, begin) < 0) return false;
      else if (compare(end, covered.end) > 0) covered.end = end;
      return true;
    });
    if (!isContiguous || covered === undefined) return false;
    return compare(covered.end, interval.end) >= 0 && compare(covered.begin, interval.begin) <= 0;
  }

  #sideOf(node: TreeNode, parent: TreeNode): Side {
    const byBegin = compare(node.interval.begin, parent.interval.begin);
    if (byBegin !== 0 || !this.#splitsByEnd) return byBegin < 0 ? 'left' : 'right';
    return compare(node.interval.end, parent.interval.end) < 0 ? 'left' : 'right';
  }

  /** Restores the colours' rules after `node`, which is red, was hung in. */
  #repair(inserted: TreeNode): void {
    let node = inserted;
    while (node.parent?.isRed) {
      let parent: TreeNode = node.parent;
      const grandparent = parent.parent;
      if (grandparent === undefined) break;
      const side: Side = parent === grandparent.left ? 'left' : 'right';
      const uncle = grandparent[OTHER[side]];
      if (uncle?.isRed) {
        uncle.isRed = false;
        parent.isRed = false;
        grandparent.isRed = true;
        node = grandparent;
        continue;
      }
      if (node === parent[OTHER[side]]) {
        this.#rotate(parent, side);
        node = parent;
        parent = node.parent ?? parent;
      }
      parent.isRed = false;
      grandparent.isRed = true;
      this.#rotate(grandparent, OTHER[side]);
    }
    if (this.#root !== undefined) this.#root.isRed = false;
  }

  /** Moves the node down to `side`, and its child of the other side up in its place. */
  #rotate(node: TreeNode, side: Side): void {
    const child = node[OTHER[side]];
    if (child === undefined) return;
    const inner = child[side];
    node[OTHER[side]] = inner;
    if (inner !== undefined) inner.parent = node;
    updateMax(node);
    const { parent } = node;
    child.parent = parent;
    if (parent === undefined) {
      this.#root = child;
    } else {
      parent[parent.left === node ? 'left' : 'right'] = child;
      updateMax(parent);
    }
    node.parent = child;
    child[side] = node;
    updateMax(child);
  }
}

/** Corrects the node and those above it, as far as something changes. */
function updateMax(from: TreeNode): void {
  for (let node: TreeNode | undefined = from; node !== undefined; node = node.parent) {
    let max = node.interval.end;
    if (node.left !== undefined && compare(node.left.max, max) > 0) max = node.left.max;
    if (node.right !== undefined && compare(node.right.max, max) > 0) max = node.right.max;
    if (max === node.max) return;
    node.max = max;
  }
}

/** Shows the intervals that meet this one, in order of their beginnings, until `see` has seen enough. */
function visit(node: TreeNode | undefined, interval: Interval, see: (found: Interval) => boolean): boolean {
  if (node === undefined) return true;
  const place = order(interval, node.interval);
  if (place < 0) return visit(node.left, interval, see);
  if (place > 0) {
    if (order({ begin: node.interval.begin, end: node.max }, interval) !== 0) return true;
    return visit(node.left, interval, see) && visit(node.right, interval, see);
  }
  return visit(node.left, interval, see) && see(node.interval) && visit(node.right, interval, see);
}

/** Negative where `one` lies before `other`, positive where behind, 0 where they meet. */
function order(one: Interval, other: Interval): number {
  if (compare(one.begin, other.begin) < 0 && compare(one.end, other.begin) <= 0) return -1;
  return compare(one.begin, other.end) >= 0 ? 1 : 0;
}

/** Compares ends of intervals; empty is the greatest. */
export function compare(left: ByteString, right: ByteString): number {
  if (left === right) return 0;
  if (left === '' || right === '') return left === '' ? 1 : -1;
  return left < right ? -1 : 1;
}
