/** A replay command asks for exactly the run it was printed for. */
import { DEFAULT_ETCD_VERSION, etcdVersions } from '../../sim/etcd/version.js';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backendNames, memberCounts } from '../../sim/cli/arguments/flags.js';
import { parseArguments } from '../../sim/cli/arguments/parse-arguments.js';
import { replayArguments, replayCommand } from '../../sim/cli/arguments/replay-arguments.js';
import { chooseRuns, type RunSettings } from '../../sim/cli/arguments/run-parameters.js';
import { resolveSettings } from '../../sim/cli/arguments/settings.js';
import { isPossible, type FaultSelection } from '../../sim/explore/fault-selection.js';
import { strategyNames } from '../../sim/explore/strategies/strategy-selection.js';
import { faultKindNames } from '../../sim/faults/index.js';
import { shellQuote } from '../../sim/input/shell-quote.js';
import { bank, queue, sim } from './harness.js';

const url = fc.integer({ min: 1, max: 65535 }).map((port) => `http://127.0.0.1:${port}`);
const faults: fc.Arbitrary<FaultSelection> = fc.oneof(
  fc.constantFrom('none' as const, 'all' as const, 'swarm' as const).map((kind) => ({ kind })),
  fc.subarray([...faultKindNames], { minLength: 1 }).map((kinds) => ({
    kind: 'only' as const,
    kinds: faultKindNames.filter((kind) => kinds.includes(kind)),
  })),
);

const request: fc.Arbitrary<RunSettings> = fc
  .record({
    scenario: fc.constant(bank),
    options: fc.record({
      workers: fc.integer({ min: 1, max: 100 }),
      variant: fc.constantFrom('stm', 'txn', 'etcd3', 'lost-update'),
    }),
    faults,
    members: fc.constantFrom(...memberCounts),
    etcdVersion: fc.constantFrom(...etcdVersions),
    strategy: fc.subarray([...strategyNames], { minLength: 1 }),
    backend: fc.constantFrom(...backendNames),
    withEndpoints: fc.boolean(),
    urls: fc.uniqueArray(url, { minLength: 3, maxLength: 3 }),
    toxiproxy: fc.option(url, { nil: undefined }),
    budget: fc.record({
      maxEvents: fc.integer({ min: 1, max: 1_000_000_000 }),
      maxVirtualTimeMs: fc.integer({ min: 1, max: 1_000_000_000 }),
      livenessMs: fc.integer({ min: 1, max: 1_000_000_000 }),
    }),
  })
  .filter(
    ({ faults: chosen, members }) =>
      chosen.kind !== 'only' || chosen.kinds.every((kind) => isPossible(kind, { members, restarts: false })),
  )
  .map(({ withEndpoints, urls, toxiproxy, ...rest }) => {
    const real = rest.backend === 'real';
    const endpoints = real && withEndpoints ? urls.slice(0, rest.members) : undefined;
    // A given etcd has the version that it has.
    const etcdVersion = endpoints === undefined ? rest.etcdVersion : DEFAULT_ETCD_VERSION;
    // On a real etcd the machine chooses.
    const strategy = real ? (['time'] as const) : rest.strategy;
    return { ...rest, etcdVersion, strategy, endpoints, toxiproxy: real ? toxiproxy : undefined };
  });

function parse(argv: readonly string[]) {
  const nothing = new Map();
  const { given } = parseArguments(argv);
  const resolved = resolveSettings({ flag: given, environment: nothing, config: nothing });
  return chooseRuns(resolved, { scenarios: [bank, queue], specimens: [] });
}

describe('a replay command', () => {
  it('parses to the request and the seed it was made from', () => {
    fc.assert(
      fc.property(request, fc.nat({ max: 2 ** 32 - 1 }), (original, seed) => {
        expect(parse(replayArguments(original, seed))).toEqual({
          scenarios: [original],
          seeds: { first: seed, last: seed },
        });
      }),
    );
  });

  it('says no more than what differs from the defaults', async () => {
    const done = await sim(['--seed', '17', '--scenario', 'bank', '--set', 'variant=lost-update']);
    expect(done.runs[0]?.replay).toBe('sim --seed 17 --scenario bank --set variant=lost-update');
  });

  it('names the members where they are not those that the scenario is about', async () => {
    const done = await sim(['--scenario', 'broken-lock']);
    expect(done.runs[0]?.replay).toBe('sim --seed 0 --scenario broken-lock');
    const one = await sim(['--scenario', 'broken-lock', '--members', '1']);
    expect(one.runs[0]?.replay).toBe('sim --seed 0 --scenario broken-lock --members 1');
  });

  it('of one scenario among all names that scenario', async () => {
    const done = await sim(['--scenario', 'all', '--set', 'variant=txn']);
    expect(done.runs.map((run) => run.replay)).toEqual([
      'sim --seed 0 --scenario bank --set variant=txn',
      'sim --seed 0 --scenario queue',
    ]);
  });

  it('gives the same run where environment and config file say otherwise', async () => {
    const cwd = mkdtempSync(path.join(tmpdir(), 'sim-cli-'));
    const env = { SIM_SEEDS: '100', SIM_FAULTS: 'none', SIM_SET: 'workers=3', SIM_BACKEND: 'real' };
    writeFileSync(
      path.join(cwd, 'sim.config.mjs'),
      "export default { members: 3, set: { variant: 'txn' } };\n",
    );
    const overrides = [
      '--faults',
      'swarm',
      '--set',
      'workers=10',
      '--backend',
      'simulated',
      '--members',
      '1',
    ];
    const argv = ['--seed', '4', '--scenario', 'bank', '--set', 'variant=stm', ...overrides];
    const first = await sim(argv, { env, cwd });
    const replay = first.runs[0]?.replay.split(' ').slice(1) ?? [];
    const second = await sim(replay, { env, cwd });
    rmSync(cwd, { recursive: true });
    expect(second.plans).toEqual(first.plans);
    expect(second.backends).toEqual(first.backends);
  });

  it('names a config file that was asked for', async () => {
    const cwd = mkdtempSync(path.join(tmpdir(), 'sim-cli-'));
    writeFileSync(path.join(cwd, 'my config.mjs'), 'export default {};\n');
    const done = await sim(['--scenario', 'bank', '--config', 'my config.mjs'], { cwd });
    rmSync(cwd, { recursive: true });
    expect(done.runs[0]?.replay).toBe("sim --seed 0 --scenario bank --config 'my config.mjs'");
  });
});

describe('shell quoting', () => {
  it('gives a shell the word unchanged', () => {
    const words = [
      'plain',
      'a b',
      "it's",
      '$HOME',
      '`id`',
      '\\',
      '"',
      '*',
      '',
      '~',
      '!x',
      'a;b',
      '#',
      'é',
      '{a,b}',
    ];
    const printed = execFileSync('/bin/sh', ['-c', `printf '%s\\0' ${words.map(shellQuote).join(' ')}`]);
    expect(printed.toString().split('\0').slice(0, -1)).toEqual(words);
  });

  it('leaves ordinary words alone', () => {
    const plain: RunSettings = { ...parse(['--scenario', 'bank']).scenarios[0] } as RunSettings;
    expect(replayCommand({ ...plain, faults: { kind: 'only', kinds: ['latency', 'partition'] } }, 1)).toBe(
      'sim --seed 1 --scenario bank --faults latency,partition',
    );
  });
});
