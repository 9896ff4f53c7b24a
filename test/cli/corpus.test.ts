/** A failure that was found once is kept, runs first the next time, and stays when it is mended. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CorpusStore } from '../../sim/harness/corpus/corpus-store.js';
import { formatRepro, reproOf, type Repro } from '../../sim/repro/repro.js';
import { buildRun } from '../report/fixture.js';
import { bank, sim, type FakeAnswer, type FakeWorld } from './harness.js';

const budget = { maxEvents: 1000, maxVirtualTimeMs: 1000, livenessMs: 1000 };

/** A failure of the harness's bank that took so many events. */
function reproWith(
  seed: number,
  { events = 100, variant = 'stm', faults = [] as Repro['plan']['faults'], signature = 'check sum' } = {},
): Repro {
  const base = reproOf(buildRun(), budget);
  if (base === undefined) throw new Error('expected a simulated run');
  const plan: Repro['plan'] = {
    ...{ scenario: 'bank', seed, options: { workers: 10, variant }, etcdVersion: '3.6', members: ['m1'] },
    nodes: [{ name: 'a', operations: [{ id: 'a1', name: 'do', input: null }] }],
    faults,
    network: { oneWayDelayMinUs: 1, oneWayDelayMaxUs: 2 },
  };
  return { ...base, verdict: 'violated', signature, plan, trace: { ...base.trace, events } };
}

let directory: string;
let told: string[];
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'corpus-'));
  told = [];
});
afterEach(() => rmSync(directory, { recursive: true }));

const corpus = () => path.join(directory, 'reports', 'corpus');
const store = () => new CorpusStore(corpus(), (line) => told.push(line));
const filesOf = (state: string) => {
  const folder = path.join(corpus(), state);
  return existsSync(folder) ? readdirSync(folder).sort() : [];
};
const read = (state: string, name: string) =>
  JSON.parse(readFileSync(path.join(corpus(), state, name), 'utf8')) as Repro;

describe('the store', () => {
  it('keeps one repro for each signature and options, the one with the fewest events', async () => {
    await store().keep(reproWith(1, { events: 50 }), bank);
    expect(await store().keep(reproWith(2, { events: 60 }), bank)).toBeUndefined();
    const file = await store().keep(reproWith(3, { events: 40 }), bank);
    await store().keep(reproWith(4, { variant: 'txn' }), bank);
    await store().keep(reproWith(5, { signature: 'deadlock' }), bank);
    expect(filesOf('failing')).toEqual([
      'bank-check-sum-3.6.json',
      'bank-deadlock-3.6.json',
      'bank-variant-txn-check-sum-3.6.json',
    ]);
    expect(file).toBe(path.join(corpus(), 'failing', 'bank-check-sum-3.6.json'));
    expect(read('failing', 'bank-check-sum-3.6.json').plan.seed).toBe(3);
    expect(told).toEqual([]);
  });

  it('tells of what is no repro, leaves it, and passes by what is of others', async () => {
    const folder = path.join(corpus(), 'failing');
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'bad.json'), '{');
    const other = reproWith(1);
    writeFileSync(
      path.join(folder, 'other.json'),
      formatRepro({ ...other, plan: { ...other.plan, scenario: 'queue' } }),
    );
    expect(await store().read(bank)).toEqual([]);
    expect(told).toEqual([`skipped "${path.join(folder, 'bad.json')}": expected a repro in JSON`]);
    expect(filesOf('failing')).toEqual(['bad.json', 'other.json']);
  });

  it('overwrites no regression with another', async () => {
    for (const seed of [1, 2]) {
      await store().keep(reproWith(seed), bank);
      const [entry] = (await store().read(bank)).filter(({ state }) => state === 'failing');
      if (entry !== undefined) await store().move(entry, 'mended');
    }
    expect(filesOf('failing')).toEqual([]);
    expect(filesOf('mended')).toEqual(['bank-check-sum-3.6-2.json', 'bank-check-sum-3.6.json']);
  });

  it('says in one line where it cannot write, and spoils nothing', async () => {
    writeFileSync(path.join(directory, 'reports'), 'a file');
    expect(await store().keep(reproWith(1), bank)).toBeUndefined();
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/^cannot keep ".*bank-check-sum.*": (ENOTDIR|EEXIST)/);
  });
});

describe('a sweep', () => {
  const withStore = (answer: FakeWorld['answer']): FakeWorld => ({
    cwd: directory,
    useCases: {
      openCorpus: (where, tell) => Promise.resolve(new CorpusStore(where, tell)),
    },
    ...(answer === undefined ? {} : { answer }),
  });
  const sweep = ['--scenario', 'bank', '--seeds', '100..101'];
  const fails =
    (...seeds: number[]) =>
    (seed: number): FakeAnswer =>
      seeds.includes(seed) ? { verdict: 'violated' } : {};

  it('begins with what was found before, the fastest first, and ends there where it still fails', async () => {
    await store().keep(reproWith(1, { events: 50 }), bank);
    await store().keep(reproWith(2, { events: 20, signature: 'deadlock' }), bank);
    const done = await sim(sweep, withStore(fails(1, 2)));
    expect(done.code).toBe(1);
    expect(done.runs.map(({ plan }) => plan.seed)).toEqual([2, 1]);
    expect(done.stdout.lines.at(-1)).toBe('sim replay reports/corpus/failing/bank-deadlock-3.6.json');
    expect(done.stderr.text).toContain('sim: corpus: replayed 2 failures of bank, 2 still fail\n');
  });

  it('continues with --keep-going, and is violated nevertheless', async () => {
    await store().keep(reproWith(1), bank);
    const done = await sim([...sweep, '--keep-going'], withStore(fails(1)));
    expect(done.code).toBe(1);
    expect(done.runs.map(({ plan }) => plan.seed)).toEqual([1, 100, 101]);
  });

  it('keeps what was mended as a regression, and takes it back when it fails again', async () => {
    await store().keep(reproWith(1), bank);
    const mended = await sim(sweep, withStore(fails()));
    expect(mended.code).toBe(0);
    expect([filesOf('failing'), filesOf('mended')]).toEqual([[], ['bank-check-sum-3.6.json']]);
    expect(mended.stderr.text).toContain('check sum of bank no longer fails; it stays as a regression test');
    const held = await sim(sweep, withStore(fails()));
    expect(held.runs.map(({ plan }) => plan.seed)).toEqual([1, 100, 101]);
    const again = await sim(sweep, withStore(fails(1)));
    expect(again.code).toBe(1);
    expect([filesOf('failing'), filesOf('mended')]).toEqual([['bank-check-sum-3.6.json'], []]);
    expect(again.stderr.text).toContain('check sum of bank was fixed and fails again');
  });

  it('leaves out what has other options, another etcd or faults that were not asked for', async () => {
    const reset = { kind: 'connection-reset', node: 'a', member: 'm1', atMs: 1, durationMs: 0 } as const;
    await store().keep(reproWith(1, { variant: 'txn' }), bank);
    await store().keep(reproWith(2, { faults: [reset], signature: 'deadlock' }), bank);
    const seedsOf = async (...more: string[]) =>
      (await sim([...sweep, ...more], withStore(fails()))).runs.map(({ plan }) => plan.seed).slice(0, -2);
    expect(await seedsOf('--faults', 'none')).toEqual([]);
    expect(await seedsOf('--faults', 'latency')).toEqual([]);
    expect(await seedsOf('--etcd-version', '3.5')).toEqual([]);
    expect(await seedsOf('--set', 'variant=txn')).toEqual([1]);
    expect(await seedsOf('--faults', 'connection-reset')).toEqual([2]);
  });

  it('keeps a failure when it is found, and what shrinking makes of it in its place', async () => {
    const seen: [string, number][] = [];
    const lookAround = (at: string) => {
      const [name] = filesOf('failing');
      if (name !== undefined) seen.push([at, read('failing', name).trace.events]);
    };
    const { useCases } = withStore(undefined);
    await sim([...sweep, '--keep-going'], {
      ...{ cwd: directory, answer: (seed) => (lookAround(`seed ${seed}`), { verdict: 'violated' }) },
      useCases: {
        ...useCases,
        shrinkFailure: ({ failure }) => {
          lookAround('shrinking');
          const smallest = { ...failure, trace: { hash: 'small', events: 1 } };
          return Promise.resolve({ signature: 'check sum', smallest, runs: 1, complete: true });
        },
      },
    });
    lookAround('end');
    expect(seen).toEqual([
      ['seed 101', 3],
      ['seed 100', 3],
      ['shrinking', 3],
      ['end', 1],
    ]);
  });

  it('keeps what it finds, and nothing on the real backend or without a report', async () => {
    const found = await sim(sweep, withStore(fails(101)));
    expect(found.code).toBe(1);
    expect(filesOf('failing')).toEqual(['bank-check-sum-3.6.json']);
    expect(found.stderr.text).toContain('corpus: reports/corpus/failing/bank-check-sum-3.6.json\n');
    rmSync(corpus(), { recursive: true });
    await sim([...sweep, '--no-report'], withStore(fails(101)));
    await sim([...sweep, '--backend', 'real'], withStore(fails(101)));
    expect(existsSync(corpus())).toBe(false);
    await sim([...sweep, '--no-report', '--corpus', 'reports/corpus'], withStore(fails(101)));
    expect(filesOf('failing')).toEqual(['bank-check-sum-3.6.json']);
  });
});
