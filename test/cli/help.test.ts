/** The help says what the parser does, since both read one table. */
import { describe, expect, it } from 'vitest';
import { flagEntries } from '../../sim/cli/arguments/flags.js';
import { usageOf } from '../../sim/cli/arguments/flag.js';
import { bank, Memory, sim } from './harness.js';

describe('help', () => {
  it.each([[['--help']], [['-h']], [['help']], [['help', 'run']], [['--seed', '1', '--help']]])(
    'is printed on stdout by %j',
    async (argv) => {
      const done = await sim(argv);
      expect(done.code).toBe(0);
      expect(done.stderr.text).toBe('');
      expect(done.stdout.text).toContain('sim --seed 42 --scenario bank');
    },
  );

  it('names every flag of the default command, with its variable', async () => {
    const { stdout } = await sim(['help']);
    for (const [key, flag] of flagEntries) {
      if (flag.commands.includes('run')) expect(stdout.text).toContain(usageOf(key, flag));
    }
    expect(stdout.text.replace(/\s+/g, ' ')).toContain('SIM_MAX_VIRTUAL_TIME_MS');
  });

  it('names every exit code', async () => {
    const { stdout } = await sim(['help']);
    const section = stdout.text.slice(stdout.text.indexOf('Exit codes'));
    expect(section.match(/^ {2}\d+/gm)?.map(Number)).toEqual([0, 1, 2, 3, 64, 70, 130]);
  });

  it('of a command names its own flags only', async () => {
    const byFlag = await sim(['list', '--help']);
    const byCommand = await sim(['help', 'list']);
    expect(byFlag.stdout.text).toBe(byCommand.stdout.text);
    expect(byFlag.stdout.text).toContain('--config');
    expect(byFlag.stdout.text).not.toContain('--seed');
  });

  it.each([40, 80, 110])('fits a terminal of %d columns', async (columns) => {
    const stdout = new Memory(true, columns);
    await sim(['help', 'doctor'], { stdout });
    for (const line of stdout.lines) {
      // A single word may be longer than what is left of a narrow terminal.
      if (line.trim().split(/\s+/).length > 6) expect(line.length).toBeLessThanOrEqual(Math.max(columns, 60));
    }
  });
});

describe('version', () => {
  it('is printed on stdout', async () => {
    expect(await sim(['--version'])).toMatchObject({
      code: 0,
      stdout: { text: '1.2.3\n' },
      stderr: { text: '' },
    });
  });
});

describe('list', () => {
  it('names scenarios with options, ranges and defaults, specimens, kinds of fault and strategies', async () => {
    const { code, stdout } = await sim(['list']);
    expect(code).toBe(0);
    expect(stdout.text).toContain(`${bank.name}`);
    expect(stdout.text).toContain('--set workers=1..100');
    expect(stdout.text).toContain('how many workers there are (default 10)');
    expect(stdout.text).toContain('--set variant=stm|txn|etcd3|lost-update');
    expect(stdout.text).toContain('broken-lock');
    expect(stdout.text).toContain('member-restart');
    expect(stdout.text).toMatch(/^Strategies\n {2}time {8}Takes the earliest event\.$/m);
    expect(stdout.text).toMatch(/^ {2}guided {6}A campaign /m);
  });
});
