/** `sim replay` and `sim shrink` as a user calls them, on a repro that `sim run` kept. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Repro } from '../../sim/repro/repro.js';
import { simInProcess, type Shown } from './in-process.js';

let directory: string;

const sim = (...words: string[]): Promise<Shown> => simInProcess(words, directory);

/** Transfers that lose updates: few of them, of which two are enough. */
const losing = [
  '--scenario',
  'bank',
  '--set',
  'workers=3',
  '--set',
  'transfers=5',
  '--set',
  'variant=lost-update',
];

const read = (file: string) => JSON.parse(readFileSync(path.join(directory, file), 'utf8')) as Repro;
const operationsOf = ({ plan }: Repro) => plan.nodes.flatMap((node) => node.operations);

beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'sim-repro-'));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

describe('a failure that sim run found', () => {
  const folder = 'reports/bank-seed-1-set-workers-3-set-transfers-5-set-variant-lost-update';
  let found: Shown;
  beforeAll(async () => {
    found = await sim('--seed', '1', ...losing);
  });

  it('is kept as a repro, whole and shrunk, each of which replays as the same run', async () => {
    expect(found.code).toBe(1);
    expect(found.stderr).toMatch(/^shrunk to 2 operations of 2 nodes, 0 faults, 1 member: .*shrunk\.html$/m);
    for (const name of ['repro.json', 'repro.shrunk.json']) {
      const again = await sim('replay', `${folder}/${name}`, '--no-report');
      expect(again.code).toBe(1);
      expect(again.stderr).toBe(`sim: the same run: trace ${read(`${folder}/${name}`).trace.hash}\n`);
      expect(again.stdout.trimEnd().split('\n').at(-1)).toBe(`sim replay ${folder}/${name}`);
    }
  });

  it('shrinks to the same again by sim shrink, which leaves the repro as it was', async () => {
    const before = read(`${folder}/repro.json`);
    const { code, stdout } = await sim('shrink', `${folder}/repro.json`, '--no-report');
    expect(code).toBe(1);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe(`sim replay ${folder}/repro.shrunk.json`);
    expect(operationsOf(read(`${folder}/repro.shrunk.json`))).toHaveLength(2);
    expect(read(`${folder}/repro.json`)).toEqual(before);
  });

  it('is explained by sim run, sim replay and sim shrink alike, unless that is not wanted', async () => {
    const whyOf = ({ stdout }: Shown) => /^Why\n[^]*?\n\n/m.exec(stdout)?.[0];
    const why = whyOf(found);
    expect(why).toContain('in a run of 2 operations of 2 nodes, 0 faults, 1 member:');
    expect(why).toContain('No fault is needed: it fails however it unfolds.');
    const shrunk = `${folder}/repro.shrunk.json`;
    expect(whyOf(await sim('replay', shrunk, '--no-report'))).toBe(why);
    expect(whyOf(await sim('shrink', shrunk, '--no-report'))).toBe(why);
    expect(whyOf(await sim('replay', shrunk, '--no-report', '--no-explain'))).toBeUndefined();
  });

  it('ends with 0 and says so, when two equal runs of its plan are satisfied', async () => {
    const repro = read(`${folder}/repro.shrunk.json`);
    const [first] = repro.plan.nodes;
    writeFileSync(
      path.join(directory, 'changed.json'),
      JSON.stringify({ ...repro, plan: { ...repro.plan, nodes: [first] } }),
    );
    const { code, stderr } = await sim('replay', 'changed.json', '--no-report');
    expect(code).toBe(0);
    expect(stderr).toMatch(/they diverge after event \d+ at [\d.,]+ ms/);
    expect(stderr).toContain(
      'sim: the failure no longer occurs: two equal runs of the plan are satisfied, and none fails with check sum-conserved\n',
    );
  });

  it('is not mended where it fails in another way', async () => {
    const repro = read(`${folder}/repro.shrunk.json`);
    writeFileSync(
      path.join(directory, 'other.json'),
      JSON.stringify({ ...repro, signature: 'deadlock', trace: { ...repro.trace, hash: '0'.repeat(32) } }),
    );
    const { code, stderr } = await sim('replay', 'other.json', '--no-report');
    expect(code).toBe(1);
    expect(stderr).toContain('sim: it fails in another way: with check sum-conserved instead of deadlock\n');
  });

  it('cannot be shrunk where it is well', async () => {
    const repro = read(`${folder}/repro.shrunk.json`);
    const [first] = repro.plan.nodes;
    writeFileSync(
      path.join(directory, 'well.json'),
      JSON.stringify({ ...repro, plan: { ...repro.plan, nodes: [first] } }),
    );
    const { code, stderr } = await sim('shrink', 'well.json');
    expect(code).toBe(64);
    expect(stderr).toBe('sim: expected a failing repro, "well.json" is satisfied\n');
  });
});
