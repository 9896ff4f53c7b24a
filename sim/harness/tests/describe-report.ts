/** What a test that holds has shown, in one line: green alone does not say whether anything happened. */
import { formatCount, formatNoun } from '../../report/quantities.js';
import type { TestReport } from './check-test.js';

const NAMES_MAX = 4;

/** Such as `100 seeds hold: 300 operations ok, 12 failed; 21 of 23 kinds of fault hit`. */
export function describeReport({ sweep, totals }: TestReport): string {
  const { ok, failed, gaveUp } = totals;
  const parts = [
    ...(ok + failed > 0 ? [`${formatNoun(ok, 'operation')} ok`] : callsOf(sweep)),
    ...(failed === 0 ? [] : [`${formatCount(failed)} failed`]),
    ...(gaveUp === 0 ? [] : [`nodes gave up ${formatNoun(gaveUp, 'time')}`]),
    ...(sweep === undefined || sweep.blocked === 0
      ? []
      : [`faults let nothing succeed in ${formatNoun(sweep.blocked, 'seed')}`]),
    ...faultsOf(sweep?.marks ?? []),
  ];
  const outOfTime = sweep?.outOfTime === true ? ` (out of time, of ${formatCount(sweep.seedsPlanned)})` : '';
  const verb = sweep?.seedsRun === 1 ? 'holds' : 'hold';
  const seeds =
    sweep === undefined ? 'the run holds' : `${formatNoun(sweep.seedsRun, 'seed')}${outOfTime} ${verb}`;
  return [seeds, parts.join(', ')].filter((part) => part !== '').join(': ');
}

/** Without operations, the calls show that something was done. */
function callsOf(sweep: TestReport['sweep']): string[] {
  const calls = sweep?.counters['calls'];
  return calls === undefined ? [] : [formatNoun(calls, 'call')];
}

type Marks = NonNullable<TestReport['sweep']>['marks'];

function faultsOf(marks: Marks): string[] {
  const faults = marks.filter(({ mark }) => mark.endsWith(' hits'));
  if (faults.length === 0) return ['no faults'];
  const missed = faults.filter(({ reached }) => reached === 0).map(({ mark }) => mark.replace(/ hits$/, ''));
  const hit = `${faults.length - missed.length} of ${formatNoun(faults.length, 'kind')} of fault hit`;
  if (missed.length === 0) return [hit];
  const more = missed.length > NAMES_MAX ? ' and others' : '';
  return [`${hit} (never ${missed.slice(0, NAMES_MAX).join(', ')}${more})`];
}
