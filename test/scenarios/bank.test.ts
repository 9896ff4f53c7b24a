import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bank } from '../../scenarios/bank.js';
import { scenarios, specimens } from '../../scenarios/index.js';
import { nodesOf } from '../../sim/scenario/nodes-of.js';
import { parseOptions } from '../../sim/scenario/parse-options.js';
import type { OptionValues } from '../../sim/plan/options.js';
import {
  asked,
  askedFirst,
  askedSecond,
  failed,
  first,
  indefinite,
  ok,
  opening,
  second,
} from './bank-histories.js';

function optionsOf(given: Readonly<Record<string, string>> = {}): OptionValues {
  const parsed = parseOptions(bank.options, given);
  if (parsed.kind === 'malformed') throw new Error(parsed.message);
  return parsed.value;
}

describe("the bank's options", () => {
  it('are those of the classic example by default', () => {
    expect(optionsOf()).toEqual({ accounts: 5, balance: 100, workers: 10, transfers: 100, variant: 'stm' });
  });

  it('name the variants', () => {
    expect(bank.options['variant']).toMatchObject({ choices: ['stm', 'txn', 'etcd3', 'lost-update'] });
  });
});

describe("the bank's plan", () => {
  it('gives every worker its transfers, each with a name of its own', () => {
    const [nodes = []] = fc.sample(nodesOf(bank, optionsOf({ workers: '3', transfers: '7' })), {
      numRuns: 1,
      seed: 1,
    });
    expect(nodes.map((node) => node.name)).toEqual(['w1', 'w2', 'w3']);
    expect(nodes[2]?.operations.map((operation) => operation.id)).toEqual(
      [1, 2, 3, 4, 5, 6, 7].map((n) => `w3-${n}`),
    );
    expect(nodes.flatMap((node) => node.operations.map((operation) => operation.name))).toEqual(
      Array.from({ length: 21 }, () => 'transfer'),
    );
  });

  it('draws both accounts from all of them, including the same one twice', () => {
    const [nodes = []] = fc.sample(nodesOf(bank, optionsOf({ accounts: '3' })), { numRuns: 1, seed: 1 });
    const pairs = new Set(nodes.flatMap((node) => node.operations.map(({ input }) => JSON.stringify(input))));
    const names = ['acc1', 'acc2', 'acc3'];
    expect([...pairs].sort()).toEqual(
      names.flatMap((from) => names.map((to) => JSON.stringify({ from, to }))).sort(),
    );
  });

  it('survives JSON unchanged', () => {
    const [nodes] = fc.sample(nodesOf(bank, optionsOf({ workers: '2', transfers: '2' })), {
      numRuns: 1,
      seed: 1,
    });
    expect(JSON.parse(JSON.stringify(nodes))).toStrictEqual(nodes);
  });

  it('can have no transfers at all', () => {
    const [nodes] = fc.sample(nodesOf(bank, optionsOf({ workers: '1', transfers: '0' })), {
      numRuns: 1,
      seed: 1,
    });
    expect(nodes).toEqual([{ name: 'w1', operations: [] }]);
  });
});

describe("the bank's summary", () => {
  const options = { ...optionsOf(), accounts: 3 };
  const say = (history: Parameters<typeof bank.summarize>[0]) =>
    bank.summarize(history, options).map(({ label, value }) => `${label} ${value}`);

  it('shows the balances, their sum and how the transfers ended', () => {
    const operations = [
      askedFirst,
      askedSecond,
      asked('w1-2', 'acc1', 'acc1', ok(0)),
      asked('w1-3', 'acc1', 'acc2', failed),
      asked('w2-2', 'acc1', 'acc2', indefinite),
      asked('w2-3', 'acc1', 'acc2'),
    ];
    expect(say({ operations, log: [opening, first, second] })).toEqual([
      'acc1 50',
      'acc2 75',
      'acc3 175',
      'sum 300',
      'committed 2',
      'moved nothing 1',
      'failed 1',
      'indefinite 2',
    ]);
  });

  it('says so if the log is unknown', () => {
    expect(say({ operations: [], log: [] }).slice(0, 4)).toEqual([
      'acc1 unknown',
      'acc2 unknown',
      'acc3 unknown',
      'sum unknown',
    ]);
  });
});

describe('the registry', () => {
  it('names every scenario and every specimen once', () => {
    const names = [...scenarios, ...specimens].map((scenario) => scenario.name);
    expect(names).toEqual([...new Set(names)]);
    expect(names).toEqual(expect.arrayContaining(['bank', 'bank-lost-update']));
  });

  it('has a specimen that is the bank with lost updates and nothing else', () => {
    const parsed = parseOptions(specimens[0]?.options ?? {}, {});
    expect(parsed).toMatchObject({ kind: 'ok', value: { ...optionsOf(), variant: 'lost-update' } });
  });
});
