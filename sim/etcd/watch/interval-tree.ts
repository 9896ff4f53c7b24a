/**
 * Values by ranges of keys, found by a key in them: a balanced tree (AVL) of ranges in order of their beginnings, in
 * which every node knows how far the ranges below it reach. Invariant: the heights of two siblings differ by at most
 * one, so that adding, deleting and each value found take O(log n).
 */
import type { ByteString } from '../byte-string.js';

/** The keys of [begin, end); an empty end is no end. */
interface Range {
  readonly begin: ByteString;
  readonly end: ByteString;
}

interface Node<V> extends Range {
  readonly value: V;
  left: Node<V> | undefined;
  right: Node<V> | undefined;
  height: number;
  /** The furthest end among this node and those below it. */
  reach: ByteString;
}

type Tree<V> = Node<V> | undefined;

export class IntervalTree<V> {
  #root: Tree<V>;

  /** Ranges on the longest way from the root, which grows with the logarithm of their number. */
  get depth(): number {
    return depthOf(this.#root);
  }

  /** The value of exactly this range. */
  get(begin: ByteString, end: ByteString): V | undefined {
    let node = this.#root;
    while (node !== undefined) {
      const side = compare({ begin, end }, node);
      if (side === 0) return node.value;
      node = side < 0 ? node.left : node.right;
    }
    return undefined;
  }

  /** Adds a range that is not there yet. */
  add(begin: ByteString, end: ByteString, value: V): void {
    this.#root = inserted(this.#root, {
      begin,
      end,
      value,
      left: undefined,
      right: undefined,
      height: 1,
      reach: end,
    });
  }

  delete(begin: ByteString, end: ByteString): void {
    this.#root = removed(this.#root, { begin, end });
  }

  /** Visits the values of all ranges that have the key, in order of the ranges. */
  visit(key: ByteString, visitor: (value: V) => void): void {
    visitBelow(this.#root, key, visitor);
  }
}

function visitBelow<V>(node: Tree<V>, key: ByteString, visitor: (value: V) => void): void {
  if (node === undefined || !isBefore(key, node.reach)) return;
  visitBelow(node.left, key, visitor);
  // What begins later, and all that is to the right of it, cannot have the key.
  if (node.begin > key) return;
  if (isBefore(key, node.end)) visitor(node.value);
  visitBelow(node.right, key, visitor);
}

function inserted<V>(tree: Tree<V>, node: Node<V>): Node<V> {
  if (tree === undefined) return node;
  if (compare(node, tree) < 0) tree.left = inserted(tree.left, node);
  else tree.right = inserted(tree.right, node);
  return balanced(tree);
}

function removed<V>(tree: Tree<V>, range: Range): Tree<V> {
  if (tree === undefined) return undefined;
  const side = compare(range, tree);
  if (side < 0) tree.left = removed(tree.left, range);
  else if (side > 0) tree.right = removed(tree.right, range);
  else return joined(tree.left, tree.right);
  return balanced(tree);
}

/** One tree of two, all of whose ranges are in this order. */
function joined<V>(left: Tree<V>, right: Tree<V>): Tree<V> {
  if (left === undefined) return right;
  if (right === undefined) return left;
  let first = right;
  while (first.left !== undefined) first = first.left;
  first.right = removed(right, first);
  first.left = left;
  return balanced(first);
}

function balanced<V>(node: Node<V>): Node<V> {
  const lean = heightOf(node.left) - heightOf(node.right);
  if (lean > 1 && node.left !== undefined) {
    if (heightOf(node.left.left) < heightOf(node.left.right)) node.left = rotatedLeft(node.left);
    return rotatedRight(node);
  }
  if (lean < -1 && node.right !== undefined) {
    if (heightOf(node.right.right) < heightOf(node.right.left)) node.right = rotatedRight(node.right);
    return rotatedLeft(node);
  }
  return measured(node);
}

function rotatedLeft<V>(node: Node<V>): Node<V> {
  const { right } = node;
  if (right === undefined) return node;
  node.right = right.left;
  right.left = measured(node);
  return measured(right);
}

function rotatedRight<V>(node: Node<V>): Node<V> {
  const { left } = node;
  if (left === undefined) return node;
  node.left = left.right;
  left.right = measured(node);
  return measured(left);
}

/** The node, knowing again what is below it. */
function measured<V>(node: Node<V>): Node<V> {
  node.height = 1 + Math.max(heightOf(node.left), heightOf(node.right));
  node.reach = node.end;
  for (const child of [node.left, node.right]) {
    if (child !== undefined && isEarlierEnd(node.reach, child.reach)) node.reach = child.reach;
  }
  return node;
}

function depthOf(tree: Tree<unknown>): number {
  return tree === undefined ? 0 : 1 + Math.max(depthOf(tree.left), depthOf(tree.right));
}

function heightOf(tree: Tree<unknown>): number {
  return tree === undefined ? 0 : tree.height;
}

function isBefore(key: ByteString, end: ByteString): boolean {
  return end === '' || key < end;
}

function isEarlierEnd(left: ByteString, right: ByteString): boolean {
  return left !== '' && (right === '' || left < right);
}

function compare(left: Range, right: Range): number {
  if (left.begin !== right.begin) return left.begin < right.begin ? -1 : 1;
  if (left.end !== right.end) return left.end < right.end ? -1 : 1;
  return 0;
}
