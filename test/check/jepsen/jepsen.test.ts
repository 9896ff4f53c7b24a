/** Reads and checks histories in the formats of the public Jepsen tests of etcd. */
import { describe, expect, it } from 'vitest';
import { checkRegisters, type RegisterOperation } from '../../../sim/check/register.js';
import { someOrder } from '../call-histories.js';
import { drawFrom } from '../queue-histories.js';
import { registerType } from '../register-histories.js';
import { drawStored, type StoredShape } from './draw-stored.js';
import { readEdn } from './edn.js';
import { parsePrintedRegister } from './printed.js';
import { readStoredRegister } from './stored.js';

const ROUNDS = Number(process.env['ROUNDS'] ?? 2000);

it('reads EDN with everything that Jepsen writes into it', () => {
  expect(
    readEdn('[nil true 3 -2N 1.5 :a/b "x \\"y\\"" #{1} (2) #jepsen.Op {:f :read, :value [1 [2 nil]]}]'),
  ).toEqual([[null, true, 3, -2, 1.5, 'a/b', 'x "y"', [1], [2], { f: 'read', value: [1, [2, null]] }]]);
  expect(() => readEdn('[1')).toThrow('in the midst');
});

describe('a history as Jepsen stores it', () => {
  const stored = `
    {:type :invoke, :f :write, :value [0 1], :process 0, :time 10, :index 0}
    {:type :invoke, :f :read, :value [0 nil], :process 1, :time 20, :index 1}
    {:type :info, :f :write, :value [0 1], :process 0, :time 30, :index 2, :error :timeout}
    {:type :info, :f :start-partition, :value nil, :process :nemesis, :time 31, :index 3}
    {:type :ok, :f :read, :value [0 nil], :process 1, :time 40, :index 4}
    {:type :invoke, :f :cas, :value [0 [1 2]], :process 5, :time 50, :index 5}
    {:type :invoke, :f :cas, :value [0 [3 4]], :process 1, :time 55, :index 6}
    {:type :ok, :f :cas, :value [0 [1 2]], :process 5, :time 60, :index 7}
    {:type :fail, :f :cas, :value [0 [3 4]], :process 1, :time 70, :index 8}
    {:type :invoke, :f :read, :value [0 nil], :process 5, :time 80, :index 9}
    {:type :ok, :f :read, :value [0 2], :process 5, :time 90, :index 10}
    {:type :invoke, :f :write, :value [0 3], :process 1, :time 95, :index 11}`;

  it('is read with unanswered, failed and incomplete operations, and with replaced processes', () => {
    expect(readStoredRegister(stored)).toEqual([
      { id: '0@0', call: { kind: 'write', key: '0', value: '1' }, invoke: 0 },
      { id: '1@1', call: { kind: 'read', key: '0', value: null }, invoke: 1, return: 4 },
      { id: '5@5', call: { kind: 'swap', key: '0', expected: '1', value: '2' }, invoke: 5, return: 7 },
      { id: '5@9', call: { kind: 'read', key: '0', value: '2' }, invoke: 9, return: 10 },
      { id: '1@11', call: { kind: 'write', key: '0', value: '3' }, invoke: 11 },
    ]);
  });

  it('is checked: correct as it stands, and wrong if a replaced value is read again', () => {
    expect(checkRegisters(readStoredRegister(stored))).toEqual({ verdict: 'satisfied' });
    const again = `${stored}
      {:type :invoke, :f :read, :value [0 nil], :process 5, :time 99, :index 12}
      {:type :ok, :f :read, :value [0 1], :process 5, :time 100, :index 13}`;
    expect(checkRegisters(readStoredRegister(again))).toMatchObject({ verdict: 'violated' });
    expect(checkRegisters(readStoredRegister(`[${again}]`))).toMatchObject({ verdict: 'violated' });
  });

  const small: StoredShape = {
    ...{ operations: 7, processes: 3, keys: 1, values: 2 },
    ...{ oneInfoOf: 5, oneWrongOf: 8 },
  };

  it('gets the same verdict as from trying all orders, with repeated values', () => {
    const count = { satisfied: 0, violated: 0 };
    for (let seed = 0; seed < ROUNDS; seed++) {
      const operations = readStoredRegister(drawStored(drawFrom(seed), small));
      const expected = someOrder(registerType, operations) ? 'satisfied' : 'violated';
      expect(checkRegisters(operations).verdict, `seed ${seed}`).toBe(expected);
      count[expected] += 1;
    }
    expect(count.satisfied).toBeGreaterThan(ROUNDS / 10);
    expect(count.violated).toBeGreaterThan(ROUNDS / 10);
  });

  const large: StoredShape = {
    ...{ operations: 10_000, processes: 10, keys: 50, values: 5 },
    ...{ oneInfoOf: 50, oneWrongOf: 0 },
  };

  it('of ten thousand operations over fifty keys is decided, although many are unanswered', () => {
    const operations = readStoredRegister(drawStored(drawFrom(1), large));
    expect(operations.filter((one) => one.return === undefined).length).toBeGreaterThan(80);
    expect(checkRegisters(operations)).toEqual({ verdict: 'satisfied' });
  });

  it('of ten thousand operations over fifty keys is decided, even with a violation at the very end', () => {
    const operations = readStoredRegister(drawStored(drawFrom(1), large));
    const end = 1_000_000;
    const after: RegisterOperation[] = [
      { id: 'w', call: { kind: 'write', key: '0', value: '0' }, invoke: end, return: end + 1 },
      { id: 'r', call: { kind: 'read', key: '0', value: null }, invoke: end + 2, return: end + 3 },
    ];
    const finding = checkRegisters([...operations, ...after]);
    expect(finding).toMatchObject({ verdict: 'violated' });
    if (finding.verdict === 'violated') expect(finding.operations).toContain('r');
  });

  it('with too many unanswered calls of one key is inconclusive', () => {
    const operations = readStoredRegister(drawStored(drawFrom(1), { ...large, keys: 1, oneInfoOf: 10 }));
    expect(checkRegisters(operations)).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('the search through the orders of 0 ') as string,
    });
  });
});

it('a history as Jepsen prints it is checked', () => {
  const legal = `
INFO  jepsen.util - 0 :invoke :write 1
INFO  jepsen.util - 1 :invoke :read nil
0 :info :write :timed-out
1 :ok :read nil
2 :invoke :cas [1 2]
1 :invoke :read nil
1 :ok :read 1
2 :ok :cas [1 2]
3 :invoke :cas [1 3]
3 :fail :cas [1 3]
1 :invoke :read nil
1 :ok :read 2`;
  expect(checkRegisters(parsePrintedRegister(legal))).toEqual({ verdict: 'satisfied' });
  const again = `${legal}
1 :invoke :read nil
1 :ok :read 1`;
  expect(checkRegisters(parsePrintedRegister(again))).toMatchObject({ verdict: 'violated' });
});
