import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OrderedMap } from '../../sim/etcd/store/ordered-map.js';

function valuesOf<V>(map: OrderedMap<V>, from: string, end: string): V[] {
  const values: V[] = [];
  map.visit(from, end, (value) => values.push(value));
  return values;
}

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
      expect(valuesOf(map, from, end)).toEqual(
        expected.filter((key) => key >= from && (end === '' || key < end)),
      );
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
