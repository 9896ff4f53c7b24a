/** Bad input ends in exit code 64 and one line that says what was expected and what came. */
import { commandNames } from '../../sim/cli/arguments/flag.js';
import { oneOf } from '../../sim/input/parsed.js';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sim } from './harness.js';

const commands = oneOf(commandNames);

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'sim-cli-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

async function refusal(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const done = await sim(argv, { env, cwd: directory });
  expect(done.stdout.text).toBe('');
  expect(done.stderr.text).toMatch(/^sim: [^\n]+\n$/);
  expect(done.stderr.text).not.toMatch(/\bat .*:\d+/);
  expect(done.code).toBe(64);
  expect(done.runs).toHaveLength(0);
  return done.stderr.text.slice('sim: '.length, -1);
}

const seedRange = 'expected a whole number from 0 to 4294967295';
const scenario = ['--scenario', 'bank'];

describe('a seed', () => {
  it.each([
    '',
    ' ',
    '-5',
    '+5',
    '1e3',
    '0x10',
    '010',
    '1.0',
    '1_000',
    'NaN',
    'Infinity',
    '4294967296',
    '-0',
    '٣',
    '1 ',
    '99999999999999999999999999999999',
    'abc',
    '1;rm',
    'null',
  ])('is refused as %j', async (text) => {
    expect(await refusal([...scenario, `--seed=${text}`])).toContain(`--seed: ${seedRange}, got "`);
    expect(await refusal([...scenario, '--seed', text])).toContain(`--seed: ${seedRange}, got "`);
  });

  it('is quoted as it came', async () => {
    expect(await refusal([...scenario, '--seed', '1e3'])).toBe(`--seed: ${seedRange}, got "1e3"`);
  });

  it('cannot steer the terminal and is cut when it is long', async () => {
    const message = await refusal([...scenario, '--seed', `\u001b[2J\n\u009b\u202e${'9'.repeat(1000)}`]);
    expect(message).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
    expect(message.length).toBeLessThan(250);
  });
});

describe('a range of seeds', () => {
  it.each([
    '0',
    '',
    '-1',
    '1e3',
    'x',
    '4294967297',
    '5..',
    '..5',
    '..',
    '1..2..3',
    '6..5',
    '0..4294967296',
    '1...3',
    '1..-3',
  ])('is refused as %j', async (text) => {
    expect(await refusal([...scenario, '--seeds', text])).toMatch(/^--seeds: expected .*, got "/);
  });

  it('is refused beyond the largest seed', async () => {
    expect(await refusal([...scenario, '--seed', '4294967295', '--seeds', '2'])).toBe(
      'expected seeds up to 4294967295, got 2 seeds starting at 4294967295',
    );
  });

  it('is refused beside a seed', async () => {
    expect(await refusal([...scenario, '--seed', '1', '--seeds', '1..2'])).toContain(
      'expected --seeds A..B alone',
    );
  });
});

describe('a name', () => {
  it.each([
    [
      ['--scenario', 'bnak'],
      'unknown scenario "bnak": expected one of bank, queue, broken-lock, all; did you mean bank?',
    ],
    [['--scenario', 'zebra'], 'unknown scenario "zebra": expected one of bank, queue, broken-lock, all'],
    [
      ['--scenario', 'BANK'],
      'unknown scenario "BANK": expected one of bank, queue, broken-lock, all; did you mean bank?',
    ],
    [['--scenario='], '--scenario: expected the name of a scenario or all, got ""'],
    [[], 'nothing to run: expected --scenario with one of bank, queue, broken-lock, all; see sim help'],
    [['lst'], `unknown command "lst": expected ${commands}; did you mean list?`],
    [['bank'], `unknown command "bank": expected ${commands}; did you mean --scenario bank?`],
    [['join', 'x.json'], `unknown command "join": expected ${commands}`],
    [['replay'], 'expected the path of a repro'],
    [['shrink'], 'expected the path of a repro'],
    [['replay', 'a.json', 'b.json'], 'unexpected argument "b.json" after sim replay'],
    [['__proto__'], `unknown command "__proto__": expected ${commands}`],
    [['list', 'bank'], 'unexpected argument "bank" after sim list'],
    [['help', 'me'], `unknown command "me": expected ${commands}`],
    [['help', 'list', 'run'], 'unexpected argument "run" after sim help'],
    [[...scenario, '--sede', '4'], 'unknown flag "--sede"; did you mean --seed?'],
    [['serve', '--port', '2379'], 'unknown flag "--port"; did you mean --listen?'],
    [[...scenario, '-seed', '4'], 'unknown flag "-seed"; did you mean --seed?'],
    [[...scenario, '--Seed=4'], 'unknown flag "--Seed"; did you mean --seed?'],
    [[...scenario, '--xylophone'], 'unknown flag "--xylophone"; sim help lists the flags'],
    [[...scenario, '-x'], 'unknown flag "-x"; sim help lists the flags'],
    [[...scenario, '--no-seed'], 'unknown flag "--no-seed"; did you mean --seed?'],
    [['list', '--seed', '4'], '--seed is not a flag of sim list'],
    [
      [...scenario, '--backend', 'reel'],
      '--backend: expected simulated or real, got "reel"; did you mean real?',
    ],
    [[...scenario, '--backend', ''], '--backend: expected simulated or real, got ""'],
    [
      [...scenario, '--faults', 'partitoin'],
      '--faults: expected none, all, swarm or kinds of fault (latency, bandwidth, message-sliced, request-lost, reply-lost, request-delayed, reply-delayed, message-truncated, connection-reset, half-open, slow-close, partition, watch-cancelled, node-pause, node-crash, clock-offset, clock-drift, clock-jump, member-restart, member-pause, member-partition, quorum-loss, member-replaced, leader-change, slow-member, compaction, watch-compacted, lease-revoked, token-expired, no-space), got "partitoin"; did you mean partition?',
    ],
    [[...scenario, '--faults', 'latency,leader-change'], 'the fault leader-change needs --members 3, got 1'],
    [
      [...scenario, '--faults', 'latency,'],
      '--faults: expected none, all, swarm or kinds of fault (latency, bandwidth, message-sliced, request-lost, reply-lost, request-delayed, reply-delayed, message-truncated, connection-reset, half-open, slow-close, partition, watch-cancelled, node-pause, node-crash, clock-offset, clock-drift, clock-jump, member-restart, member-pause, member-partition, quorum-loss, member-replaced, leader-change, slow-member, compaction, watch-compacted, lease-revoked, token-expired, no-space), got ""',
    ],
    [
      [...scenario, '--strategy', 'gided'],
      '--strategy: expected mix or strategies (time, walk, pos, pct, exhaustive, guided), got "gided"; did you mean guided?',
    ],
    [[...scenario, '--strategy', 'pos,mix'], '--strategy: mix cannot be combined with other strategies'],
    [
      [...scenario, '--faults', 'none,latency'],
      '--faults: none cannot be combined with latency: expected none, all or swarm alone, kinds of fault, or swarm,-KIND',
    ],
  ] as [string[], string][])('is refused in %j', async (argv, message) => {
    expect(await refusal(argv)).toBe(message);
  });
});

describe('an option', () => {
  it.each([
    ['foo', '--set: expected option=value, got "foo"'],
    ['=3', '--set: expected option=value, got "=3"'],
    ['', '--set: expected option=value, got ""'],
    ['workers=3,', '--set: expected option=value, got "workers=3,"'],
    ['worker=3', 'scenario bank: expected option workers or variant, got "worker"; did you mean workers?'],
    ['workers=', 'scenario bank: option workers: expected a whole number from 1 to 100, got ""'],
    ['workers=101', 'scenario bank: option workers: expected a whole number from 1 to 100, got "101"'],
    ['workers=ten', 'scenario bank: option workers: expected a whole number from 1 to 100, got "ten"'],
    [
      'variant=tnx',
      'scenario bank: option variant: expected stm, txn, etcd3 or lost-update, got "tnx"; did you mean txn?',
    ],
    ['__proto__=1', 'scenario bank: expected option workers or variant, got "__proto__"'],
    ['constructor=1', 'scenario bank: expected option workers or variant, got "constructor"'],
    ['workers=1,workers=2', '--set: option "workers" is given twice'],
  ])('is refused as %j', async (text, message) => {
    expect(await refusal([...scenario, '--set', text])).toBe(message);
  });

  it('is refused twice', async () => {
    expect(await refusal([...scenario, '--set', 'workers=1', '--set', 'workers=2'])).toBe(
      '--set: option "workers" is given twice',
    );
  });

  it('is refused where the scenario has none', async () => {
    expect(await refusal(['--scenario', 'broken-lock', '--set', 'a=1'])).toBe(
      'scenario broken-lock: expected no options, got "a"',
    );
  });

  it('is refused where none of all scenarios has it', async () => {
    expect(await refusal(['--scenario', 'all', '--set', 'varient=1'])).toBe(
      'no scenario has the option "varient"; did you mean variant?',
    );
  });
});

describe('a flag', () => {
  it.each(['--seed', '--scenario', '--set', '--members', '--out', '--config'])(
    'misses its value: %s',
    async (flag) => {
      expect(await refusal([flag])).toMatch(/expects a value \(.+\), got none$/);
      expect(await refusal([flag, '--no-report'])).toMatch(
        /expects a value \(.+\), got the flag "--no-report"$/,
      );
    },
  );

  it.each([
    [['--seed', '1', '--seed', '2'], '--seed is given twice'],
    [['--no-report', '--no-report'], '--no-report is given twice'],
    [['--report', '--no-report'], '--no-report is given twice'],
    [['--no-report=yes'], '--no-report takes no value, got "yes"'],
    [['--json'], 'unknown flag "--json"; did you mean --reporter json?'],
    [['--members', '2'], '--members: expected 1 or 3, got "2"'],
    [['--members', '01'], '--members: expected 1 or 3, got "01"'],
    [['--max-events', '0'], '--max-events: expected a whole number from 1 to 1000000000, got "0"'],
    [
      ['--max-virtual-time-ms', '1s'],
      '--max-virtual-time-ms: expected a whole number from 1 to 1000000000, got "1s"',
    ],
    [['--out', ''], '--out: expected the path of a directory, got ""'],
  ] as [string[], string][])('is refused: %j', async (argv, message) => {
    expect(await refusal([...scenario, ...argv])).toBe(message);
  });

  it.each([
    'localhost:2379',
    'ftp://a:1',
    'http://',
    'http://a:99999',
    'http://a b',
    'http://a/path',
    'http://u@a',
    'http://a,',
    '',
  ])('is refused with the endpoint %j', async (url) => {
    const argv = [...scenario, '--backend', 'real', '--endpoints', url];
    expect(await refusal(argv)).toContain('--endpoints: expected a URL such as http://127.0.0.1:2379, got "');
  });

  it.each([
    [['--endpoints', 'http://a:1'], '--endpoints needs --backend real, got simulated'],
    [['--toxiproxy', 'http://a:1'], '--toxiproxy needs --backend real, got simulated'],
    [['--strategy', 'pos', '--backend', 'real'], '--strategy needs --backend simulated, got real'],
    [['--backend', 'real', '--endpoints', 'http://a:1,http://b:2'], 'expected 1 or 3 endpoints, got 2'],
    [
      ['--backend', 'real', '--etcd-version', '3.5', '--endpoints', 'http://a:1'],
      '--etcd-version cannot be combined with --endpoints: that etcd has a version already',
    ],
    [
      ['--etcd-version', '3.8'],
      '--etcd-version: expected 3.4, 3.5, 3.6 or 3.7, got "3.8"; did you mean 3.4?',
    ],
    [
      ['--backend', 'real', '--endpoints', 'http://a:1,http://a:1'],
      '--endpoints: expected different URLs, got "http://a:1,http://a:1"',
    ],
    [
      ['--backend', 'real', '--members', '3', '--endpoints', 'http://a:1'],
      'expected one endpoint per member, got 1 for 3',
    ],
  ] as [string[], string][])('is refused where it does not fit the others: %j', async (argv, message) => {
    expect(await refusal([...scenario, ...argv])).toBe(message);
  });
});

describe('an environment variable', () => {
  it.each([
    [{ SIM_SEED: 'x' }, `SIM_SEED: ${seedRange}, got "x"`],
    [{ SIM_REPORT: 'yes' }, 'SIM_REPORT: expected true, false, 1 or 0, got "yes"'],
    [{ SIM_SET: 'workers' }, 'SIM_SET: expected option=value, got "workers"'],
    [
      { SIM_SCENARIO: 'bnak' },
      'unknown scenario "bnak": expected one of bank, queue, broken-lock, all; did you mean bank?',
    ],
    [{ SIM_CONFIG: 'no.mjs', SIM_SCENARIO: 'bank' }, 'config file "no.mjs" does not exist'],
  ])('is refused: %j', async (env, message) => {
    expect(await refusal([], env as unknown as Record<string, string>)).toBe(message);
  });

  it('is read even where a flag overrides it', async () => {
    expect(await refusal([...scenario, '--seed', '1'], { SIM_SEED: 'x' })).toBe(
      `SIM_SEED: ${seedRange}, got "x"`,
    );
  });
});

describe('a config file', () => {
  it.each([
    ['{ sead: 1 }', 'unknown key "sead" in sim.config.mjs; did you mean seed?'],
    ['{ "max-events": 1 }', 'unknown key "max-events" in sim.config.mjs; did you mean maxEvents?'],
    ['{ help: true }', 'unknown key "help" in sim.config.mjs'],
    ['{ config: "x" }', 'unknown key "config" in sim.config.mjs'],
    ['{ seed: "x" }', `seed in sim.config.mjs: ${seedRange}, got "x"`],
    ['{ seed: -1 }', `seed in sim.config.mjs: ${seedRange}, got "-1"`],
    ['{ seed: 1.5 }', `seed in sim.config.mjs: ${seedRange}, got "1.5"`],
    ['{ seed: NaN }', `seed in sim.config.mjs: ${seedRange}, got "NaN"`],
    [
      '{ seed: null }',
      'seed in sim.config.mjs: expected a string, number, boolean or list of strings, got null',
    ],
    ['{ seed: {} }', 'seed in sim.config.mjs: expected a string, number, boolean or list of strings, got {}'],
    [
      '{ endpoints: [1] }',
      'endpoints in sim.config.mjs: expected a string, number, boolean or list of strings, got [1]',
    ],
    ['{ set: "workers=3" }', 'set in sim.config.mjs: expected an object of options, got "workers=3"'],
    [
      '{ set: { workers: true } }',
      'set in sim.config.mjs: expected option "workers" to be a number or a name, got true',
    ],
    ['{ set: { "a,b": 1 } }', 'set in sim.config.mjs: expected option "a,b" to be a number or a name, got 1'],
    ['{ report: "maybe" }', 'report in sim.config.mjs: expected true, false, 1 or 0, got "maybe"'],
    ['[]', 'config file "sim.config.mjs": expected its default export to be an object, got []'],
    ['42', 'config file "sim.config.mjs": expected its default export to be an object, got 42'],
    ['{ scenarios: {} }', 'scenarios in sim.config.mjs: expected a list, got {}'],
    ['{ scenarios: [{}] }', 'sim.config.mjs: scenarios[0]: expected a field name, got none'],
    [
      '{ scenarios: [{ name: "Mine", description: "" }] }',
      'sim.config.mjs: scenarios[0].name: expected a name in kebab-case, got "Mine"',
    ],
    [
      '{ scenarios: [{ name: "mine" }] }',
      'sim.config.mjs: scenarios[0]: expected a field description, got none',
    ],
    [
      '{ scenarios: [{ name: "mine", description: "", options: {} }] }',
      'sim.config.mjs: scenarios[0]: expected a function nodes, got none',
    ],
  ])('is refused: %s', async (text, message) => {
    writeFileSync(path.join(directory, 'sim.config.mjs'), `export default ${text};\n`);
    expect(await refusal(scenario)).toBe(message);
  });

  it('is refused where its scenario takes the name of another', async () => {
    writeFileSync(
      path.join(directory, 'sim.config.mjs'),
      `const f = () => []; export default { scenarios: [{ name: 'bank', description: '', options: {}, nodes: f, setup: f, run: f, checks: f, summarize: f }] };\n`,
    );
    expect(await refusal(scenario)).toBe('scenarios in sim.config.mjs: the name "bank" is already taken');
  });

  it('is refused where it has no default export', async () => {
    writeFileSync(path.join(directory, 'sim.config.mjs'), 'export const seed = 1;\n');
    expect(await refusal(scenario)).toBe(
      'config file "sim.config.mjs": expected its default export to be an object, got none',
    );
  });

  it('is refused where it is no JavaScript', async () => {
    writeFileSync(path.join(directory, 'broken.mjs'), 'export default {\n');
    expect(await refusal([...scenario, '--config', 'broken.mjs'])).toContain(
      'config file "broken.mjs" cannot be read: ',
    );
  });

  it('is refused where it throws', async () => {
    writeFileSync(path.join(directory, 'sim.config.mjs'), 'throw new Error("no\\nway");\n');
    expect(await refusal(scenario)).toMatch(
      /^config file "sim.config.mjs" cannot be read: Error: no way( \(line 1\))?$/,
    );
  });

  it('is refused where it is missing, or a directory', async () => {
    expect(await refusal([...scenario, '--config', 'none.mjs'])).toBe(
      'config file "none.mjs" does not exist',
    );
    expect(await refusal([...scenario, '--config', '.'])).toBe('config file "." is not a file');
    expect(await refusal([...scenario, '--config='])).toBe(
      '--config: expected the path of a config file, got ""',
    );
  });

  it('is refused where there are two', async () => {
    for (const name of ['sim.config.mjs', 'sim.config.js']) {
      writeFileSync(path.join(directory, name), 'export default {};\n');
    }
    expect(await refusal(scenario)).toBe(
      'expected one config file, found sim.config.mjs and sim.config.js; name one with --config',
    );
  });
});
