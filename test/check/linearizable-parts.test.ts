/** The search through orders part by part: whom a violation names, and what the parts share. */
import { describe, expect, it } from 'vitest';
import { checkLinearizable, type SequentialType, type TimedCall } from '../../sim/check/linearizable.js';

interface Call {
  readonly kind: 'put' | 'get';
  readonly part: string;
  readonly value: number;
}

const cell: SequentialType<number, Call> = {
  initial: 0,
  apply: (state, { kind, value }) => (kind === 'put' ? value : state === value ? state : undefined),
  textOf: String,
};

/** Such as `call('put', 1, 10, 11)`, whose id is `put1@10`. */
function call(kind: Call['kind'], value: number, invoke: number, end?: number, part = ''): TimedCall<Call> {
  const id = `${kind}${value}@${invoke}`;
  return { id, call: { kind, value, part }, invoke, ...(end === undefined ? {} : { return: end }) };
}

function judge(calls: readonly TimedCall<Call>[], stepsMax?: number) {
  return checkLinearizable({
    ...{ type: cell, calls, partOf: ({ part }: Call) => part },
    describe: ({ kind, value }) => `${kind}s ${value}`,
    ...(stepsMax === undefined ? {} : { budget: { stepsMax } }),
  });
}

describe('a violation', () => {
  it('names the call, what it did, and the part if that has a name', () => {
    expect(judge([call('get', 7, 1, 2)])).toEqual({
      ...{ verdict: 'violated', operations: ['get7@1'], revisions: [] },
      message: expect.stringMatching(/^get7@1 \(gets 7\) [\w ]* order$/) as unknown,
    });
    expect(judge([call('get', 7, 1, 2, 'k1')])).toMatchObject({
      message: expect.stringMatching(/^get7@1 \(gets 7\) .* order of k1$/) as unknown,
    });
  });

  it('names the last three calls before it, four under way and four unanswered, each once', () => {
    const before = [1, 2, 3, 4, 5].map((value) => call('put', value, 10 * value, 10 * value + 1));
    const open = [12, 13, 14, 15, 16].map((value) => call('put', value, value));
    const underWay = [22, 23, 24, 25, 26].map((value) => call('put', value, 60 + value, 200));
    const wrong = call('get', 99, 95, 96);
    const later = [call('put', 31, 97, 98), call('put', 32, 99)];
    const finding = judge([...before, ...open, ...underWay, wrong, ...later]);
    expect(finding).toMatchObject({
      verdict: 'violated',
      operations: [
        ...['put3@30', 'put4@40', 'put5@50'],
        ...['put13@13', 'put14@14', 'put15@15', 'put16@16'],
        ...['put23@83', 'put24@84', 'put25@85', 'put26@86', 'get99@95'],
      ],
    });
  });

  it('in a later part is reported, also if an earlier one is undecided', () => {
    const hard = [1, 2, 3, 4, 5, 6].map((value) => call('put', value, value, 50, 'hard'));
    const wrong = call('get', 7, 1, 2, 'wrong');
    expect(judge([...hard, wrong], 40)).toMatchObject({ verdict: 'inconclusive' });
    expect(judge([wrong, ...hard], 40)).toMatchObject({ verdict: 'violated', operations: ['get7@1'] });
    const harder = [...hard, call('get', 9, 7, 51, 'hard')];
    expect(judge(harder)).toMatchObject({ verdict: 'violated' });
  });
});

describe('a type whose text hides the state', () => {
  /** Two states with one text are one to the search, so that it drops orders. */
  const blind: SequentialType<number, Call> = { ...cell, textOf: () => '' };
  const puts = [call('put', 1, 1, 10), call('put', 2, 1, 10)];
  const judgeBlindly = (calls: readonly TimedCall<Call>[]) =>
    checkLinearizable({ type: blind, calls, partOf: ({ part }) => part, describe: ({ kind }) => kind });
  const refuted = {
    verdict: 'inconclusive',
    reason: expect.stringMatching(/^bug in the checker\b.*get\d@11 /) as unknown,
  };

  it('is not the reason of a violation that another order refutes', () => {
    const findings = [1, 2].map((value) => judgeBlindly([...puts, call('get', value, 11, 12)]));
    expect(findings.map(({ verdict }) => verdict).toSorted()).toEqual(['inconclusive', 'satisfied']);
    expect(findings).toContainEqual(refuted);
  });

  it('is judged without calls that began later, and without the answers of those that ended later', () => {
    for (const wrong of [call('get', 99, 20, 21), call('get', 99, 11, 21)]) {
      const findings = [1, 2].map((value) => judgeBlindly([...puts, call('get', value, 11, 12), wrong]));
      expect(findings).toContainEqual(refuted);
    }
  });

  it('leaves a part undecided, unless a later part is wrong', () => {
    const of = (part: string) =>
      [1, 2].map((value) =>
        [...puts, call('get', value, 11, 12)].map((one) => ({ ...one, call: { ...one.call, part } })),
      );
    const undecided = of('first').find((calls) => judgeBlindly(calls).verdict === 'inconclusive') ?? [];
    const later = undecided.map((one) => ({ ...one, call: { ...one.call, part: 'second' } }));
    expect(judgeBlindly([...undecided, ...later])).toMatchObject({
      reason: expect.stringContaining(' of first') as unknown,
    });
    expect(judgeBlindly([...undecided, call('get', 7, 1, 2, 'wrong')])).toMatchObject({
      verdict: 'violated',
    });
  });
});

describe('the budget', () => {
  const part = (name: string) => [call('put', 1, 1, 2, name), call('get', 1, 3, 4, name)];

  it('of steps is one for all parts', () => {
    expect(judge([...part('a'), ...part('b')])).toEqual({ verdict: 'satisfied' });
    let needed = 1;
    while (judge(part('a'), needed).verdict !== 'satisfied') needed += 1;
    expect(judge([...part('a'), ...part('b')], 2 * needed)).toEqual({ verdict: 'satisfied' });
    const finding = judge([...part('a'), ...part('b')], 2 * needed - 1);
    expect(finding).toMatchObject({ verdict: 'inconclusive' });
    // What the first part has left is all that the second one has.
    if (finding.verdict === 'inconclusive')
      expect(finding.reason).toMatch(new RegExp(`of b .*\\b${needed - 1} steps`));
  });

  it('tells the first part that exceeded it', () => {
    const finding = judge([...part('a'), ...part('b'), ...part('c')], 1);
    expect(finding.verdict === 'inconclusive' && finding.reason).toMatch(/of a .*\b1 steps/);
  });
});

describe('calls without a part', () => {
  it('are all of one part, in any order of the list', () => {
    const calls = [call('put', 1, 1, 2), call('put', 2, 3, 4), call('get', 1, 5, 6)];
    const request = { type: cell, describe: ({ kind }: Call) => kind };
    expect(checkLinearizable({ ...request, calls })).toMatchObject({ verdict: 'violated' });
    expect(checkLinearizable({ ...request, calls: calls.toReversed() })).toMatchObject({
      verdict: 'violated',
    });
    expect(checkLinearizable({ ...request, calls: calls.slice(0, 2) })).toEqual({ verdict: 'satisfied' });
    expect(checkLinearizable({ ...request, calls: [] })).toEqual({ verdict: 'satisfied' });
  });

  it('that ended later may come first, and those that began later may not', () => {
    expect(judge([call('put', 1, 1, 9), call('get', 1, 2, 3)])).toEqual({ verdict: 'satisfied' });
    expect(judge([call('put', 1, 3, 9), call('get', 1, 2, 3)])).toEqual({ verdict: 'satisfied' });
    expect(judge([call('put', 1, 4, 9), call('get', 1, 2, 3)])).toMatchObject({ verdict: 'violated' });
    expect(judge([call('put', 1, 1), call('get', 1, 2, 3)])).toEqual({ verdict: 'satisfied' });
  });
});
