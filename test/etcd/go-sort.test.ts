import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { goSort } from '../../sim/etcd/go-sort.js';

/** Lists of [value, position] of all sizes, with few and many ties, sorted, reversed and shuffled. */
function cases(): [number, number][][] {
  let state = 1;
  const draw = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
  return Array.from({ length: 300 }, (_, index) => {
    const length = draw(index % 10 === 0 ? 1000 : 150);
    const values = [2, 5, 20, 1000][draw(4)] ?? 1;
    return Array.from({ length }, (_unused, at): [number, number] => [
      index % 5 === 0 ? at : index % 5 === 1 ? length - at : draw(values),
      at,
    ]);
  });
}

test('leaves ties where sort.Sort of Go 1.26 leaves them', () => {
  const sorted = cases().map((items) => {
    goSort(items, ([left], [right]) => left < right);
    return items;
  });
  // The digest of the same lists sorted by a Go program.
  expect(createHash('sha256').update(JSON.stringify(sorted)).digest('hex')).toBe(
    'ad97534fae9396a571bd8a9dc4eaed6424605749d3128c840f869f790b3ae992',
  );
});

test('sorts, and keeps the items', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 400, size: 'max' }), (values) => {
      const sorted = [...values];
      goSort(sorted, (left, right) => left < right);
      expect(sorted).toEqual([...values].sort((left, right) => left - right));
    }),
  );
});
