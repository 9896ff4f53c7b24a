/** The published schema describes what `--reporter json` prints: runs and sweeps of every scenario. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { resultSchema, runSchema } from '../../sim/report/result-schema.js';
import { readValue } from '../../sim/input/schema.js';
import { formatJson } from '../../sim/report/json.js';
import { root } from '../architecture/sources.js';
import { simInProcess } from '../cli/in-process.js';
import { explained } from './explanation-fixture.js';
import { buildRun, buildSweep } from './fixture.js';

const schema = JSON.parse(readFileSync(path.join(root, 'docs/result.schema.json'), 'utf8')) as object;
const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(schema);
const errorsOf = (text: string) => {
  validate(JSON.parse(text));
  return validate.errors ?? [];
};

const everything = buildRun({
  violated: true,
  inconclusive: true,
  faults: true,
  nodeError: true,
  deadlockedNodes: 1,
});

describe('the schema of a result', () => {
  it('accepts runs and sweeps with everything in them', () => {
    for (const run of [buildRun(), everything, explained(everything), buildRun({ backend: 'real' })]) {
      expect(errorsOf(formatJson(run))).toEqual([]);
      expect(readValue(runSchema, run)).toMatchObject({ kind: 'ok' });
      expect(errorsOf(formatJson(buildSweep([run])))).toEqual([]);
    }
  });

  it.each([
    ['a run', ['--seed', '2', '--faults', 'all', '--members', '3']],
    ['a sweep', ['--seeds', '2']],
  ])('accepts %s of every scenario', async (_, words) => {
    const more = ['--max-events', '600', '--no-report', '--reporter', 'json', '--keep-going'];
    const { stdout } = await simInProcess(['--scenario', 'all', ...words, ...more], root);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(5);
    for (const line of lines) {
      expect(errorsOf(line)).toEqual([]);
      expect(readValue(resultSchema, JSON.parse(line))).toMatchObject({ kind: 'ok' });
    }
  });

  it('refuses a missing part, and one of another kind', () => {
    const run = JSON.parse(formatJson(everything)) as Record<string, unknown>;
    for (const part of ['plan', 'verdict', 'checks', 'operations', 'replay']) {
      const rest = Object.fromEntries(Object.entries(run).filter(([key]) => key !== part));
      expect(errorsOf(JSON.stringify(rest)), part).not.toEqual([]);
    }
    expect(errorsOf(JSON.stringify({ ...run, verdict: 'fine' }))).not.toEqual([]);
  });
});
