import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { IntervalTree } from '../../sim/etcd/watch/interval-tree.js';

const key = fc.uint8Array({ minLength: 1, maxLength: 2 }).map((bytes) => {
  // Few letters, so that ranges meet.
  return String.fromCharCode(...[...bytes].map((byte) => 97 + (byte % 6)));
});
const range = fc.record({ begin: key, end: fc.oneof(key, fc.constant('')) });
const change = fc.record({ range, remove: fc.boolean() });

describe('the tree stays balanced', () => {
  const name = (place: number) => String(place).padStart(4, '0');
  const scattered = (place: number) => (place * 389) % 1023;
  it.each([
    ['ascending', (place: number) => place, 10],
    ['descending', (place: number) => 1022 - place, 10],
    ['inwards', (place: number) => (place % 2 === 0 ? place / 2 : 1022 - (place - 1) / 2), 14],
    ['scattered', scattered, 14],
  ])('whether ranges come %s, and whichever go', (_name, order, depthMax) => {
    const tree = new IntervalTree<string>();
    for (let place = 0; place < 1023; place++) tree.add(name(order(place)), '', name(order(place)));
    // An AVL tree of 1,023 nodes may be 13 deep, one that grew in order is perfect.
    expect(tree.depth).toBeLessThanOrEqual(Math.min(depthMax, 13));
    for (let place = 0; place < 1023; place++) {
      if (scattered(place) % 8 !== 0 || order(place) < 512) tree.delete(name(order(place)), '');
    }
    let left = 0;
    tree.visit('9999', () => left++);
    expect(left).toBeGreaterThan(60);
    expect(tree.depth).toBeLessThanOrEqual(Math.floor(1.45 * Math.log2(left + 2)));
  });
});

it('the last range that goes leaves nothing', () => {
  const tree = new IntervalTree<string>();
  tree.add('a', 'b', 'ab');
  tree.delete('a', 'c');
  expect([tree.depth, tree.get('a', 'b')]).toEqual([1, 'ab']);
  tree.delete('a', 'b');
  expect([tree.depth, tree.get('a', 'b')]).toEqual([0, undefined]);
});

test('a key is found in exactly the ranges that have it, in their order', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 200, size: 'max' }), key, (changes, asked) => {
      const tree = new IntervalTree<string>();
      const model = new Map<string, { readonly begin: string; readonly end: string }>();
      for (const { range: one, remove } of changes) {
        const name = `${one.begin}-${one.end}`;
        const found = tree.get(one.begin, one.end);
        if (found !== (model.has(name) ? name : undefined)) expect.fail(`${name}: ${found}`);
        if (remove) {
          tree.delete(one.begin, one.end);
          model.delete(name);
        } else if (!model.has(name)) {
          tree.add(one.begin, one.end, name);
          model.set(name, one);
        }
      }
      const found: string[] = [];
      tree.visit(asked, (name) => found.push(name));
      const having = [...model].filter(([, { begin, end }]) => begin <= asked && (end === '' || asked < end));
      const order = ([, left]: (typeof having)[0], [, right]: (typeof having)[0]): number =>
        left.begin === right.begin ? (left.end < right.end ? -1 : 1) : left.begin < right.begin ? -1 : 1;
      expect(found).toEqual(having.sort(order).map(([name]) => name));
    }),
    { numRuns: 100 },
  );
});
