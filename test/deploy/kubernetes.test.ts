/** The manifests for Kubernetes fit together, and their commands are ones that sim takes. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { root } from '../architecture/sources.js';
import { parseArguments } from '../../sim/cli/arguments/parse-arguments.js';
import { flags } from '../../sim/cli/arguments/flags.js';
import { exitCodes } from '../../sim/cli/exit-codes.js';

const folder = path.join(root, 'deploy/kubernetes');
const scratch = mkdtempSync(path.join(tmpdir(), 'sim-kubernetes-'));
afterAll(() => rmSync(scratch, { recursive: true }));

interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}
interface Job {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly completionMode?: string;
    readonly completions?: number;
    readonly parallelism?: number;
    readonly backoffLimitPerIndex?: number;
    readonly podFailurePolicy?: {
      readonly rules: readonly {
        readonly action: string;
        readonly onExitCodes?: {
          readonly containerName: string;
          readonly operator: string;
          readonly values: readonly number[];
        };
        readonly onPodConditions?: readonly { readonly type: string; readonly status: string }[];
      }[];
    };
    readonly template: {
      readonly spec: {
        readonly restartPolicy: string;
        readonly containers: readonly [Container];
        readonly volumes: readonly {
          readonly name: string;
          readonly persistentVolumeClaim: { readonly claimName: string };
        }[];
      };
    };
  };
}

function read<T>(name: string): T {
  const document = parseDocument(readFileSync(path.join(folder, name), 'utf8'), { strict: true });
  expect(document.errors).toEqual([]);
  return document.toJS() as T;
}

const sweep = read<Job>('sweep.yaml');
const merge = read<Job>('merge.yaml');

describe('the sweep', () => {
  const [container] = sweep.spec.template.spec.containers;

  it('is an Indexed Job whose pods are tried again one by one', () => {
    expect([sweep.apiVersion, sweep.kind, sweep.spec.completionMode]).toEqual(['batch/v1', 'Job', 'Indexed']);
    expect(sweep.spec.backoffLimitPerIndex).toBeGreaterThan(0);
    // A pod failure policy needs it, and so does a limit for each index.
    expect(sweep.spec.template.spec.restartPolicy).toBe('Never');
    expect(sweep.spec.completions).toBe(sweep.spec.parallelism);
    expect(container.env?.find(({ name }) => name === 'PARTS')?.value).toBe(String(sweep.spec.completions));
  });

  it('ends at once for a mistake, and forgives a pod that was evicted', () => {
    const rules = sweep.spec.podFailurePolicy?.rules ?? [];
    expect(rules.find(({ action }) => action === 'FailJob')?.onExitCodes).toEqual({
      ...{ containerName: container.name, operator: 'In', values: [exitCodes.usage] },
    });
    const ignored = rules.find(({ action }) => action === 'Ignore');
    expect(ignored?.onPodConditions).toEqual([{ type: 'DisruptionTarget', status: 'True' }]);
  });

  /** Runs the script of a pod with a sim that says its arguments and ends with this code. */
  function pod(index: number, code: number, reports: string) {
    const bin = path.join(scratch, 'node_modules/.bin');
    mkdirSync(bin, { recursive: true });
    const fake = path.join(bin, 'sim');
    writeFileSync(fake, `#!/bin/sh\nprintf '%s\\n' "$@"\nexit ${code}\n`, { mode: 0o755 });
    const script = (container.args[0] ?? '').replaceAll('/reports', reports);
    const env = Object.fromEntries((container.env ?? []).map(({ name, value }) => [name, value]));
    const { stdout, status } = spawnSync('/bin/sh', ['-c', script], {
      cwd: scratch,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] ?? '', JOB_COMPLETION_INDEX: String(index), ...env },
    });
    return { words: stdout.trimEnd().split('\n'), status };
  }

  it('gives each pod its part, and all of them one folder for blobs', () => {
    const reports = path.join(scratch, 'reports');
    const parts = [0, 7].map((index) => {
      const { given } = parseArguments(pod(index, 0, reports).words);
      for (const [key, texts] of given) {
        for (const { text } of texts) expect(flags[key].parse(text).kind, key).toBe('ok');
      }
      return Object.fromEntries([...given].map(([key, [one]]) => [key, one?.text]));
    });
    expect(parts.map(({ shard, reporter }) => [shard, reporter])).toEqual([
      ['1/8', `terminal,blob:${reports}/blobs/part-1.blob`],
      ['8/8', `terminal,blob:${reports}/blobs/part-8.blob`],
    ]);
    expect(parts[0]?.['out']).not.toBe(parts[1]?.['out']);
  });

  it('continues the sweep of a pod that was stopped', () => {
    const reports = path.join(scratch, 'stopped');
    mkdirSync(path.join(reports, 'part-3/a-sweep'), { recursive: true });
    writeFileSync(path.join(reports, 'part-3/a-sweep/journal.jsonl'), '');
    // The whole sweep is named again, so that sim refuses the journal of another one.
    const fresh = pod(2, 0, path.join(scratch, 'fresh')).words;
    expect(pod(2, 0, reports).words.slice(0, -4)).toEqual([...fresh.slice(0, -4), '--resume', 'latest']);
  });

  it.each([
    [exitCodes.satisfied, 0],
    [exitCodes.violated, 0],
    [exitCodes.inconclusive, 0],
    [exitCodes.usage, 64],
    [exitCodes.internal, 70],
    [exitCodes.interrupted, 130],
  ])('ends a pod whose sim ended with %i with %i', (code, wanted) => {
    expect(pod(0, code, path.join(scratch, 'codes')).status).toBe(wanted);
  });
});

describe('the merge', () => {
  it('reads the blobs that the pods wrote, from the same claim', () => {
    const claim = read<{ metadata: { name: string }; spec: { accessModes: string[] } }>('claim.yaml');
    expect(claim.spec.accessModes).toEqual(['ReadWriteMany']);
    for (const { spec } of [sweep, merge]) {
      const [volume] = spec.template.spec.volumes;
      const [{ volumeMounts, image }] = spec.template.spec.containers;
      expect(volume?.persistentVolumeClaim.claimName).toBe(claim.metadata.name);
      expect(volumeMounts).toEqual([{ name: volume?.name, mountPath: '/reports' }]);
      expect(image).toBe(sweep.spec.template.spec.containers[0].image);
    }
    const { command, files, given } = parseArguments(merge.spec.template.spec.containers[0].args);
    expect([command, files]).toEqual(['merge', ['/reports/blobs']]);
    for (const [key, texts] of given) {
      for (const { text } of texts) expect(flags[key].parse(text).kind, key).toBe('ok');
    }
  });

  it('runs an image whose entry point is sim', () => {
    const dockerfile = readFileSync(path.join(folder, 'Dockerfile'), 'utf8');
    expect(dockerfile).toMatch(/^ENTRYPOINT \["node_modules\/\.bin\/sim"\]$/m);
    expect(dockerfile).toMatch(/^USER node$/m);
  });
});
