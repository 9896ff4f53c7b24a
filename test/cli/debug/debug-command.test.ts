/** `sim debug` without a terminal: one moment, or commands by lines; what makes no sense is refused in one line. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { root } from '../../documents.js';
import { simInProcess } from '../in-process.js';

const FILE = 'docs/examples/repros/bank-lost-update.json';
const folder = mkdtempSync(path.join(tmpdir(), 'sim-debug-'));
afterAll(() => rmSync(folder, { recursive: true }));

const debug = (words: readonly string[], input?: string) =>
  simInProcess(['debug', FILE, ...words], root, input);

/** The first line of each moment. */
const headsOf = (stdout: string): string[] =>
  stdout.split('\n').filter((line) => /^(event \d+|start) of/.test(line));

describe('sim debug --at', () => {
  it('prints an event with all that is known after it', async () => {
    const { code, stdout, stderr } = await debug(['--at', '25']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(headsOf(stdout)).toEqual(['event 25 of 32 · 5.500 ms · revision 4 · m1 leads']);
    for (const title of ['Under way', 'Keys at revision 4', 'Leases', 'Watches', 'Clocks at', 'Faults']) {
      expect(stdout).toContain(`\n\n${title}`);
    }
    expect(stdout).toMatch(/^ {2}\* {2}bank\/accounts\/acc4 +1 +4 +2 +2$/m);
    expect(stdout).toMatch(/^ {2}\+ {2}bank\/receipts\/w9-1 /m);
  });

  it.each([
    ['start', 'start of 32 events · 0.000 ms'],
    ['end', 'event 32 of 32 ·'],
    ['failure', 'event 29 of 32 ·'],
    ['5.5ms', 'event 25 of 32 · 5.500 ms'],
    ['5999us', 'event 25 of 32 · 5.500 ms'],
    ['0', 'start of 32'],
  ])('takes %s', async (place, head) => {
    const { code, stdout } = await debug(['--at', place], 'this is not read\n');
    expect(code).toBe(0);
    expect(headsOf(stdout)).toHaveLength(1);
    expect(stdout).toMatch(new RegExp(`^${head}`));
  });

  it.each([
    [['--at', '33'], 'expected an event from 0 to 32, got 33'],
    [['--at', '2s'], 'expected a time up to 7.000 ms, got 2,000.000 ms'],
    [
      ['--at', 'failur'],
      '--at: expected an event such as 120, a time such as 12.5ms, start, end or failure, got "failur"; did you mean failure?',
    ],
    [
      ['--at', '-1'],
      '--at: expected an event such as 120, a time such as 12.5ms, start, end or failure, got "-1"',
    ],
    [['--break', '33'], '--break: expected an event from 1 to 32, got 33'],
    [['--break', '0'], '--break: expected a whole number from 1 to 9007199254740991, got "0"'],
    [['--break', '3', '--at', '3'], '--at and --break: expected one of them'],
  ])('refuses %j', async (words, message) => {
    expect(await debug(words)).toEqual({ code: 64, stdout: '', stderr: `sim: ${message}\n` });
  });

  it('refuses the failure of a run that has none', async () => {
    const repro = JSON.parse(readFileSync(path.join(root, FILE), 'utf8')) as { plan: { nodes: unknown[] } };
    const file = path.join(folder, 'one-node.json');
    const [first] = repro.plan.nodes;
    writeFileSync(file, JSON.stringify({ ...repro, plan: { ...repro.plan, nodes: [first] } }));
    const { code, stdout, stderr } = await simInProcess(['debug', file, '--at', 'failure'], root);
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' });
    expect(stderr).toContain('sim: the run has no failure: every check holds\n');
    expect(stderr).toContain('sim: this run is not the one of the repro');
  });
});

describe('sim debug by lines', () => {
  it('goes where each line says', async () => {
    const lines = [
      '# from the failure on',
      'at 20',
      'next',
      'next 3',
      'previous 2',
      '',
      'at 5.5ms',
      'at start',
      'quit',
      'at 99',
    ];
    const { code, stdout, stderr } = await debug([], `${lines.join('\n')}\n`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const numbers = headsOf(stdout).map((head) => /^event (\d+)/.exec(head)?.[1] ?? 'start');
    expect(numbers).toEqual(['20', '21', '24', '22', '25', 'start']);
  });

  it('begins at the failure, and goes by node, story and key', async () => {
    const { code, stdout } = await debug(
      [],
      'previous node w9\nprevious key acc4\nnext story\nprevious key\n',
    );
    expect(code).toBe(0);
    const moments = stdout.split(/\n\n(?=event)/);
    expect(moments[0]).toContain('reaches w9');
    expect(moments[1]).toMatch(/makes revision 4: .*acc4 = 1/);
    expect(moments[2]).toContain('\n  story: ');
    expect(moments[3]).toMatch(/makes revision 4: .*acc4 = 1/);
  });

  it('shows one part of the state', async () => {
    const { stdout } = await debug([], 'keys\nclocks\n');
    const [keys = '', clocks = ''] = stdout.split(/\n\n(?=event)/);
    expect(keys).toContain('\nKeys at revision 4\n');
    expect(keys).not.toContain('Leases');
    expect(clocks).toMatch(
      /\nClocks at 6\.000 ms of virtual time\n {2}m1 +2026-01-01T00:00:00\.006Z {2}leader\n/,
    );
    expect(clocks).not.toContain('Keys at');
  });

  it('helps', async () => {
    const { stdout } = await debug([], 'help\n');
    for (const words of ['next story', 'next key', 'previous', 'at PLACE', 'quit'])
      expect(stdout).toContain(words);
  });

  it.each([
    ['next\nfly\n', 'line 2: expected a command (help lists them), got "fly"'],
    ['nxt\n', 'line 1: expected a command (help lists them), got "nxt"; did you mean next?'],
    ['next fly\n', 'line 1: expected a count, node, story or key, got "fly"'],
    ['next 0\n', 'line 1: expected a count, node, story or key, got "0"'],
    ['next story 3\n', 'line 1: expected nothing after "story", got "3"'],
    ['keys acc\n', 'line 1: expected nothing after "keys", got "acc"'],
    ['at\n', 'line 1: expected an event such as 120, a time such as 12.5ms, start, end or failure, got ""'],
    ['at 33\n', 'line 1: expected an event from 0 to 32, got 33'],
    ['at end\nnext\n', 'line 2: this is the last event'],
    ['at start\n\nprevious\n', 'line 3: this is the start'],
    ['next node w77\n', 'line 1: the run has no node "w77"'],
    ['next key\n', 'line 1: expected a part of a key to look for'],
    ['next key nothing\n', 'line 1: no later change of a key with "nothing"'],
  ])('refuses %j with its line', async (input, message) => {
    const { code, stderr } = await debug([], input);
    expect({ code, stderr }).toEqual({ code: 64, stderr: `sim: ${message}\n` });
  });
});
