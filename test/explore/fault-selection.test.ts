/** The values of `--faults`, and the kinds that a scenario gets. */
import { describe, expect, it } from 'vitest';
import {
  formatFaultSelection,
  kindsFor,
  parseFaultSelection,
  type FaultSelection,
} from '../../sim/explore/fault-selection.js';
import { faultKindNames } from '../../sim/faults/index.js';

function selection(text: string): FaultSelection {
  const parsed = parseFaultSelection(text);
  if (parsed.kind === 'malformed') throw new Error(parsed.message);
  return parsed.value;
}

const refusal = (text: string) => {
  const parsed = parseFaultSelection(text);
  return parsed.kind === 'malformed' ? parsed.message : 'accepted';
};

const clocks = faultKindNames.filter((kind) => kind.startsWith('clock-'));
const rest = { restart: () => [] };

describe('a selection of faults', () => {
  it.each(['none', 'all', 'swarm', 'node-crash,latency', 'swarm,-latency', 'all,-latency,-partition'])(
    'is parsed and printed: %s',
    (text) => {
      const written = formatFaultSelection(selection(text));
      expect(selection(written)).toEqual(selection(text));
      expect(written.split(',').sort()).toEqual(text.split(',').sort());
    },
  );

  it('includes every kind with the given prefix', () => {
    expect(clocks.length).toBeGreaterThan(1);
    expect(selection('clock-*')).toEqual({ kind: 'only', kinds: clocks });
    expect(selection('swarm,-clock-*')).toEqual({ kind: 'swarm', without: clocks });
  });

  it.each([
    ['swarm,latency', 'latency'],
    ['none,-latency', 'none'],
    ['-latency', 'swarm,-latency'],
    ['latency,-partition', '-partition'],
    ['swarm,-latenci', 'latenci'],
    ['clok-*', 'clok-*'],
    ['latency,swarm', 'swarm'],
  ])('is refused with the expected values: %s', (text, named) => {
    expect(refusal(text)).toMatch(/expected|cannot be combined/);
    expect(refusal(text)).toContain(named);
  });
});

describe('the kinds that a scenario gets', () => {
  it('exclude those that are left out', () => {
    const all = kindsFor(selection('all'), 3, rest);
    expect(kindsFor(selection('all,-latency'), 3, rest)).toEqual(all.filter((kind) => kind !== 'latency'));
  });

  it('exclude those that the scenario leaves out, unless they are named', () => {
    const wishes = { ...rest, withoutFaults: ['clock-*', 'latency'] as const };
    const left = kindsFor(selection('swarm'), 3, wishes);
    expect(left.filter((kind) => clocks.includes(kind) || kind === 'latency')).toEqual([]);
    expect(left).toContain('partition');
    expect(kindsFor(selection('latency'), 3, wishes)).toEqual(['latency']);
  });

  it('exclude invalid tokens if it does not log in, unless they are named', () => {
    expect(kindsFor(selection('all'), 3, rest)).not.toContain('token-expired');
    expect(kindsFor(selection('all'), 3, { ...rest, logsIn: true })).toContain('token-expired');
    expect(kindsFor(selection('token-expired'), 3, rest)).toEqual(['token-expired']);
  });

  it('need their members and restarts', () => {
    expect(kindsFor(selection('all'), 1, {})).not.toContain('node-crash');
    expect(kindsFor(selection('all'), 1, rest)).not.toContain('leader-change');
    expect(kindsFor(selection('all'), 3, rest)).toEqual(
      expect.arrayContaining(['node-crash', 'leader-change']),
    );
  });
});
