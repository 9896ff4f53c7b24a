import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OrderedMap } from '../../sim/etcd/store/ordered-map.js';

function valuesOf<V>(map: OrderedMap<V>, from: string, end: string): V[] {
  const values: V[] = [];
  map.visit(from, end, (value) => {
    values.push(value);
    return true;
  });
  return values;
}

const inRange = (key: string, from: string, end: string): boolean => key >= from && (end === '' || key < end);

test('values come in bytewise order of their keys, within the range', () => {
  const keys = fc.uint8Array({ maxLength: 3 }).map((bytes) => Buffer.from(bytes).toString('latin1'));
  const change = fc.record({ key: keys, remove: fc.boolean() });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 200 }), keys, keys, (changes, from, end) => {
      const map = new OrderedMap<string>();
      const model = new Set<string>();
      for (const { key, remove } of changes) {
        if (remove) map.delete(key);
        else if (!model.has(key)) map.add(key, key);
        if (remove) model.delete(key);
        else model.add(key);
      }
      const expected = [...model].sort((left, right) => (left < right ? -1 : 1));
      expect(map.size).toBe(model.size);
      expect(valuesOf(map, '', '')).toEqual(expected);
      expect(valuesOf(map, from, end)).toEqual(expected.filter((key) => inRange(key, from, end)));
    }),
  );
});

test.each(['ascending', 'descending', 'scattered'])(
  'ten thousand keys written in %s order stay sorted',
  (order) => {
    const map = new OrderedMap<number>();
    const count = 10_000;
    for (let index = 0; index < count; index++) {
      const place =
        order === 'ascending' ? index : order === 'descending' ? count - index : (index * 7919) % count;
      map.add(String(place).padStart(6, '0'), place);
    }
    const values = valuesOf(map, '', '');
    expect(values).toHaveLength(count);
    expect(values.every((value, index) => index === 0 || value > (values[index - 1] ?? 0))).toBe(true);
    for (let place = 0; place < count; place += 2) map.delete(String(place).padStart(6, '0'));
    expect(valuesOf(map, '004000', '004010')).toEqual([4001, 4003, 4005, 4007, 4009]);
  },
);

test('a visitor who has seen enough is shown no more', () => {
  const map = new OrderedMap<number>();
  for (let index = 0; index < 2000; index++) map.add(String(index).padStart(4, '0'), index);
  const seen: number[] = [];
  map.visit('0600', '', (value) => seen.push(value) < 3);
  expect(seen).toEqual([600, 601, 602]);
});

test('the count of a range stays right while values are added, deleted and counted anew', () => {
  interface Value {
    counts: boolean;
  }
  const index = fc.nat(1500);
  const change = fc.record({ index, action: fc.constantFrom('add', 'delete', 'toggle') });
  const keyOf = (place: number): string => String(place).padStart(4, '0');
  fc.assert(
    fc.property(
      fc.array(change, { minLength: 500, maxLength: 3000, size: 'max' }),
      index,
      index,
      (changes, from, end) => {
        const map = new OrderedMap<Value>(({ counts }) => counts);
        const model = new Map<string, Value>();
        // Fill several chunks.
        for (let place = 0; place <= 1500; place += 2) {
          model.set(keyOf(place), { counts: place % 3 === 0 });
          map.add(keyOf(place), model.get(keyOf(place)) as Value);
        }
        for (const { index: place, action } of changes) {
          const key = keyOf(place);
          const value = model.get(key);
          if (action === 'add' && value === undefined) {
            model.set(key, { counts: true });
            map.add(key, model.get(key) as Value);
          } else if (action === 'delete') {
            map.delete(key);
            model.delete(key);
          } else if (action === 'toggle' && value !== undefined) {
            value.counts = !value.counts;
            map.recount(key);
          }
        }
        for (const [first, last] of [
          [keyOf(from), keyOf(end)],
          [keyOf(from), ''],
          ['', ''],
        ] as const) {
          const expected = [...model].filter(([key]) => inRange(key, first, last));
          expect(map.sizeOf(first, last)).toBe(expected.length);
          expect(map.count(first, last)).toBe(expected.filter(([, { counts }]) => counts).length);
        }
      },
    ),
    { numRuns: 40 },
  );
});
