import { describe, expect, it } from 'vitest';
import { electionChecks } from '../../scenarios/election/checks.js';
import { changed, complaints, created, deleted, history, type Told } from './hand-written.js';

const checks = electionChecks(['boss']);

function campaign(id: string, at: number, token: number, more: Partial<Told> = {}): Told {
  const own = `${id}.campaign`;
  const output = { key: `boss/${token}`, token, elected: token };
  return { id: own, at, input: { election: 'boss', value: own }, output, ...more };
}

function proclaim(id: string, at: number, token: number, more: Partial<Told> = {}): Told {
  return { id: `${id}.proclaim`, at, input: { election: 'boss', token }, ...more };
}

function resign(id: string, at: number, more: Partial<Told> & { lost?: boolean; gone?: boolean } = {}): Told {
  const { lost = false, gone = true, ...rest } = more;
  return { id: `${id}.resign`, at, input: { election: 'boss', token: 0, lost }, output: { gone }, ...rest };
}

const look = (at: number, value: string | null, more: Partial<Told> = {}): Told => {
  return { id: `o1-${at}.leader`, at, input: { election: 'boss' }, output: { value }, ...more };
};

const observe = (at: number, until: number, ...told: readonly string[]): Told => {
  return { id: `o1-${at}.observe`, at, until, input: { election: 'boss' }, output: { told } };
};

/** c1 leads with 2, proclaims and resigns; then c2 leads, which stood all the time. */
const log = [
  created(2, 'boss/2', 'c1-1.campaign'),
  created(3, 'boss/3', 'c2-1.campaign'),
  changed(4, 'boss/2', 'c1-1.proclaim', 2),
  deleted(5, 'boss/2'),
  deleted(6, 'boss/3'),
];
const second = (more: Partial<Told> = {}): Told =>
  campaign('c2-1', 12, 3, { until: 60, output: { key: 'boss/3', token: 3, elected: 5 }, ...more });
const right = [
  campaign('c1-1', 10, 2),
  proclaim('c1-1', 20, 2, { revision: 4 }),
  resign('c1-1', 40),
  second(),
  resign('c2-1', 80),
];
const found = (operations: readonly Told[], more: Parameters<typeof history>[2] = {}) =>
  complaints(checks, history(operations, log, more));
const without = (id: string) => right.filter((told) => told.id !== id);

describe('the checks of elections', () => {
  it('accept one leader after the other, and correctly informed observers', () => {
    const looks = [
      look(15, 'c1-1.campaign'),
      look(25, 'c1-1.proclaim'),
      look(65, 'c2-1.campaign'),
      observe(11, 70, 'c1-1.campaign', 'c1-1.proclaim', 'c2-1.campaign'),
    ];
    expect(found([...right, ...looks])).toEqual({});
  });

  it('name a candidate that heard that it leads when another did', () => {
    const early = second({ until: 30, output: { key: 'boss/3', token: 3, elected: 3 } });
    expect(found([...without('c2-1.campaign'), early])).toMatchObject({
      'one-leader': {
        message: 'c2-1.campaign was elected in boss at revision 3, but c1-1.campaign led',
        operations: ['c2-1.campaign', 'c1-1.campaign'],
      },
    });
    const nobody = campaign('c3-1', 90, 9, { output: { key: 'boss/9', token: 9, elected: 6 } });
    expect(found([...right, nobody])).toMatchObject({
      'one-leader': { message: 'c3-1.campaign was elected in boss at revision 6, but nobody led' },
    });
  });

  it('name a candidate that got another’s candidacy', () => {
    const twin = campaign('c1-2', 14, 2, { output: { key: 'boss/2', token: 2, elected: 2 } });
    expect(found([...right, twin, resign('c1-2', 30)])).toMatchObject({
      'one-leader': {
        message: 'c1-1.campaign and c1-2.campaign were both elected in boss, with boss/2 of revision 2',
      },
    });
  });

  it('name a candidate that continued to lead', () => {
    const late = [...without('c1-1.resign'), resign('c1-1', 3500, { lost: true })];
    expect(found(late)).toMatchObject({
      'loss-told-in-time': {
        message: 'c1-1.campaign still led boss when c2-1.campaign began to, and learned it 3440 ms later',
      },
    });
    const standstills = [{ node: 'c1', fromUs: 100_000, untilUs: 3_000_000 }];
    expect(found(late, { standstills })).toEqual({});
  });

  it('compare proclamations with the log', () => {
    const told = (more: Partial<Told>) => found([...without('c1-1.proclaim'), proclaim('c1-1', 20, 2, more)]);
    expect(told({ revision: 3 })).toMatchObject({
      'proclaimed-once': { message: 'c1-1.proclaim was reported ok at revision 3, but is in the log at 4' },
    });
    expect(told({ failed: 'failed' })).toMatchObject({
      'proclaimed-once': { message: 'c1-1.proclaim was reported failed (refused), but is in the log' },
    });
    expect(told({ failed: 'indefinite' })).toEqual({});
    expect(found([...right, proclaim('c2-1', 70, 3)])).toMatchObject({
      'proclaimed-once': { message: 'c2-1.proclaim was reported ok, but is not in the log' },
    });
    const stranger = found([...without('c1-1.proclaim'), proclaim('c1-1', 20, 3, { revision: 4 })]);
    expect(stranger).toMatchObject({
      'proclaimed-once': {
        message: 'c1-1.proclaim was written to boss/2, which is not its candidacy',
      },
    });
  });

  it('name an observer that saw a leader that did not lead', () => {
    expect(found([...right, look(65, 'c1-1.proclaim')])).toMatchObject({
      'told-the-truth': {
        message: 'o1-65.leader saw c1-1.proclaim lead boss, which was not true from revision 5 on',
      },
    });
    expect(found([...right, look(65, null)])).toEqual({});
    const early = look(11, 'c1-1.proclaim', { until: 12 });
    expect(Object.keys(found([...right, early]))).toEqual(['told-the-truth']);
    // While the answer was on its way it may have been true.
    expect(found([...right, look(35, 'c1-1.proclaim', { until: 65 })])).toEqual({});
  });

  it('name what an observer missed, or saw wrongly', () => {
    expect(found([...right, observe(11, 70, 'c1-1.campaign', 'c2-1.campaign')])).toMatchObject({
      'observed-in-order': {
        message:
          'o1-11.observe saw c1-1.campaign and then c2-1.campaign, but not c1-1.proclaim at revision 4',
        revisions: [4],
      },
    });
    expect(found([...right, observe(11, 70, 'c2-1.campaign', 'c1-1.proclaim')])).toMatchObject({
      'observed-in-order': {
        message: 'o1-11.observe saw c1-1.proclaim lead boss, which did not lead after c2-1.campaign',
      },
    });
    // Events that were compacted before they were read cannot be reported; a late beginning is no omission.
    expect(
      found([...right, observe(11, 70, 'c1-1.campaign', 'c2-1.campaign')], { compactions: [3] }),
    ).toEqual({});
    expect(found([...right, observe(11, 70, 'c1-1.proclaim')])).toEqual({});
  });

  it('name what is left after a confirmed resignation', () => {
    const stays = log.slice(0, 4);
    const left = complaints(checks, history(right, stays));
    expect(left).toMatchObject({
      'let-go': {
        message: 'the candidacy boss/3 was still there for ever, although c2-1.resign had resigned',
      },
    });
    for (const more of [{ lost: true }, { gone: false }, { failed: 'indefinite' as const }]) {
      const operations = [...without('c2-1.resign'), resign('c2-1', 80, more)];
      expect(complaints(checks, history(operations, stays))).toEqual({});
    }
  });

  it('accept an empty run', () => {
    expect(complaints(checks, history([], []))).toEqual({});
  });
});
