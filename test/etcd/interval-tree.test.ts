import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IntervalTree } from '../../sim/etcd/watch/interval-tree.js';

const key = fc.uint8Array({ minLength: 1, maxLength: 2 }).map((bytes) => {
  // Few letters, so that ranges meet.
  return String.fromCharCode(...[...bytes].map((byte) => 97 + (byte % 6)));
});
const range = fc.record({ begin: key, end: fc.oneof(key, fc.constant('')) });
const change = fc.record({ range, remove: fc.boolean() });

test('a key is found in exactly the ranges that have it, in their order', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 200, size: 'max' }), key, (changes, asked) => {
      const tree = new IntervalTree<string>();
      const model = new Map<string, { readonly begin: string; readonly end: string }>();
      for (const { range: one, remove } of changes) {
        const name = `${one.begin}-${one.end}`;
        expect(tree.get(one.begin, one.end)).toBe(model.has(name) ? name : undefined);
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
    { numRuns: 300 },
  );
});
