/** A sweep whose process is killed continues where it stopped, and ends with the same report. */
import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { eventually } from '../eventually.js';
import { configWith, SimCommand, SimFolders } from './sim-command.js';

const folders = new SimFolders();
const started: SimCommand[] = [];
afterAll(() => {
  // Where a test failed, its sweep is still stuck.
  for (const command of started) command.signal('SIGKILL');
  folders.remove();
});

function start(folder: string, given: readonly string[]): SimCommand {
  const command = new SimCommand(folder, given);
  started.push(command);
  return command;
}

const SEEDS = 40;
const words = ['--scenario', 's', '--seeds', String(SEEDS), '--faults', 'none', '--watchdog', '0'];

/** Seed `stuckAt` never ends while there is no file `go`; the check fails from seed `failsFrom` on. */
function configOf(stuckAt: number, failsFrom: number): string {
  return configWith({
    top: "import { existsSync } from 'node:fs';\nconst isStuck = !existsSync('go');",
    node: `if (isStuck && plan.seed === ${stuckAt}) while (true);`,
    check: `if (globalThis.seedOfRun < ${failsFrom}) return { verdict: "satisfied" };`,
    more: 'setup: async ({ plan }) => { globalThis.seedOfRun = plan.seed; },',
  }).replace('perform }', 'perform, plan }');
}

function journalIn(folder: string): string | undefined {
  const reports = path.join(folder, 'reports');
  if (!existsSync(reports)) return undefined;
  const names = readdirSync(reports).map((name) => path.join(reports, name, 'journal.jsonl'));
  return names.find((file) => existsSync(file));
}

/** How many seeds the journal has. */
function seedsIn(folder: string): number {
  const file = journalIn(folder);
  return file === undefined ? -1 : readFileSync(file, 'utf8').split('\n{"kind":"seed"').length - 1;
}

async function hasRun(folder: string, seeds: number): Promise<void> {
  await eventually(`${seeds} seeds have run`, () => (seedsIn(folder) >= seeds ? true : undefined));
}

/** Without times, which differ, and the folder. */
function timeless(text: string, folder: string): string {
  return (
    text
      .replaceAll(folder, 'FOLDER')
      .replace(/("wallTimeMs":|"elapsedMs":)[\d.e+-]+/g, '$1T')
      .replace(/^( *wall time).*$/gm, '$1')
      // A duration may decide the width of a column.
      .replace(/ +/g, ' ')
  );
}

/** Everything that the sweep has left, and what it printed. */
function remains(folder: string, stdout: string): Record<string, string> {
  const reports = path.join(folder, 'reports');
  const files = readdirSync(reports, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !file.endsWith('journal.jsonl'))
    .sort();
  return {
    stdout: timeless(stdout, folder),
    ...Object.fromEntries(
      files.map((file) => [path.relative(folder, file), timeless(readFileSync(file, 'utf8'), folder)]),
    ),
  };
}

async function whole(config: string, ...more: string[]) {
  const folder = folders.make(config);
  writeFileSync(path.join(folder, 'go'), '');
  const { code, stdout } = await start(folder, [...words, ...more]).ended;
  return { code, remains: remains(folder, stdout) };
}

describe('a sweep that is killed', () => {
  it.each<[string, number, number, ...string[]]>([
    ['before its first seed', 0, 25],
    ['in the middle', 7, 25],
    ['before the seed that fails', 25, 25],
    ['after failures, with --keep-going', 30, 25, '--keep-going'],
    ['before its last seed, when all hold', SEEDS - 1, 99],
  ])('%s ends with the same report', async (_, stuckAt, failsFrom, ...more) => {
    const config = configOf(stuckAt, failsFrom);
    const folder = folders.make(config);
    const sweep = start(folder, [...words, ...more, '--workers', '1']);
    await hasRun(folder, stuckAt);
    sweep.signal('SIGKILL');
    expect((await sweep.ended).signal).toBe('SIGKILL');
    writeFileSync(path.join(folder, 'go'), '');
    const { code, stdout, stderr } = await start(folder, ['--resume', 'latest']).ended;
    const expected = await whole(config, ...more);
    expect({ code, remains: remains(folder, stdout) }, stderr).toEqual(expected);
    expect(code).toBe(failsFrom === 99 ? 0 : 1);
  });

  it('with two workers ends with the same report', async () => {
    // A worker that is stuck for good would outlive its killed sweep. This one is only late, just before its answer.
    const late = 'if (isStuck && globalThis.seedOfRun === 5) for (let turn = 0; turn < 2e9; turn++);';
    const config = configOf(-1, 25).replace('if (globalThis.seedOfRun', `${late}\n$&`);
    const folder = folders.make(config);
    const more = ['--workers', '2'];
    const sweep = start(folder, [...words, ...more]);
    await hasRun(folder, 5);
    sweep.signal('SIGKILL');
    // The late worker answers a sweep that is gone.
    expect((await sweep.ended).stderr).not.toContain('internal error');
    writeFileSync(path.join(folder, 'go'), '');
    const { code, stdout } = await start(folder, ['--resume', 'latest', ...more]).ended;
    expect({ code, remains: remains(folder, stdout) }).toEqual(await whole(config, ...more));
  });

  it('twice, and torn by a loss of power, runs again what is torn', async () => {
    const config = configOf(20, 25);
    const folder = folders.make(config);
    const sweep = start(folder, [...words, '--workers', '1']);
    await hasRun(folder, 20);
    sweep.signal('SIGKILL');
    await sweep.ended;
    const journal = journalIn(folder) ?? '';
    const { length } = readFileSync(journal);
    truncateSync(journal, length - 20);
    const again = start(folder, ['--resume', path.join('reports', path.basename(path.dirname(journal)))]);
    await hasRun(folder, 20);
    again.signal('SIGKILL');
    await again.ended;
    writeFileSync(path.join(folder, 'go'), '');
    const { code, stdout } = await start(folder, ['--resume', 'latest']).ended;
    expect({ code, remains: remains(folder, stdout) }).toEqual(await whole(config));
  });

  it('by SIGHUP names the command that continues it', async () => {
    const config = configWith({ check: 'return { verdict: "satisfied" };' });
    const folder = folders.make(config);
    const sweep = start(folder, ['--scenario', 's', '--seeds', '500', '--workers', '1']);
    await hasRun(folder, 4);
    sweep.signal('SIGHUP');
    const { code, stderr } = await sweep.ended;
    expect(code).toBe(130);
    const said = /interrupted after (\d+) of 500 seeds; sim (--resume \S+) continues/.exec(stderr);
    expect(said?.[1]).toBe(String(seedsIn(folder)));
    const resumed = await start(folder, said?.[2]?.split(' ') ?? []).ended;
    expect(resumed.code).toBe(0);
    expect(resumed.stdout).toMatch(/^s · 500 seeds · satisfied/);
  });
});

describe('--resume', () => {
  it('refuses another sweep in one line, and what is none', async () => {
    const config = configWith({ check: 'return { verdict: "satisfied" };' });
    const folder = folders.make(config);
    const begin = (...more: string[]) => start(folder, more).ended;
    expect((await begin('--resume', 'latest')).stderr).toBe(
      'sim: --resume: expected a sweep in "reports", got none\n',
    );
    await begin('--scenario', 's', '--seeds', '9', '--workers', '1');
    const refusals = await Promise.all([
      begin('--resume', 'latest', '--faults', 'none'),
      begin('--resume', 'latest', '--seeds', '5'),
      begin('--resume', 'nowhere'),
    ]);
    expect(refusals.map(({ code, stderr }) => [code, stderr])).toEqual([
      [64, 'sim: cannot resume "reports/s-seeds-0-8": faults of "s": expected "swarm", got "none"\n'],
      [64, 'sim: cannot resume "reports/s-seeds-0-8": seeds: expected "0..8", got "0..4"\n'],
      [64, 'sim: --resume: expected a folder with a journal.jsonl, got "nowhere"\n'],
    ]);
    const journal = journalIn(folder) ?? '';
    writeFileSync(journal, readFileSync(journal, 'utf8').replace(/"version":"[^"]*"/, '"version":"0.0.9"'));
    const older = await begin('--resume', 'latest');
    expect(older.stderr).toMatch(
      /^sim: cannot resume "\S+": version of etcd-sim: expected "0.0.9", got "\S+"\n$/,
    );
    mkdirSync(path.join(folder, 'reports', 'other'));
    writeFileSync(path.join(folder, 'reports', 'other', 'journal.jsonl'), 'nonsense\n');
    const nonsense = await begin('--resume', 'reports/other');
    expect([nonsense.code, nonsense.stderr]).toEqual([
      64,
      expect.stringMatching(/^sim: "\S+" is no journal of a sweep: expected a line in JSON\n$/),
    ]);
  });

  it('continues with more failures than the sweep was to end after', async () => {
    const config = configOf(-1, 25);
    const folder = folders.make(config);
    expect((await start(folder, words).ended).stdout).toMatch(/seeds +26 +of 40/);
    const more = await start(folder, ['--resume', 'latest', '--bail', '3']).ended;
    expect(more.stdout).toMatch(/seeds +28 +of 40/);
    expect(more.stdout).toMatch(/violated +3/);
  });
});
