/** What the programs do in a pipe, with any etcd. */
import type { Etcd3 } from 'etcd3';
import { afterEach, describe, expect, it } from 'vitest';
import { recipeInPipe, runRecipe, type RecipeProcess } from './support/recipe-process.js';

/** An etcd. */
export interface Place {
  readonly endpoint: string;
  readonly client: Etcd3;
}

export function describeInPipes(place: () => Place): void {
  const open: RecipeProcess[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((recipe) => recipe.kill()));
  });
  const at = (program: string, ...words: readonly string[]): readonly string[] => [
    program,
    '-addr',
    place().endpoint,
    ...words,
  ];
  const start = (program: string, ...words: readonly string[]): RecipeProcess => {
    const started = recipeInPipe(...at(program, ...words));
    open.push(started);
    return started;
  };
  /** The keys left behind besides the requested ones. */
  const records = () => place().client.getAll().prefix('recipe-commits/').keys();

  const leases = async () => (await place().client.leaseClient.leaseLeases()).leases.map(({ ID }) => ID);

  describe('recipe queue', () => {
    it('runs the typed commands, in order, and prints nothing else on stdout', async () => {
      const done = await runRecipe(at('queue'), ['push a', 'push b', 'pop', 'pop', 'quit', 'push c']);
      expect(done).toEqual({ code: 0, stdout: 'a\nb\n', stderr: '' });
      expect(await place().client.getAll().prefix('my-test-queue').keys()).toEqual([]);
    });

    it('leaves nothing behind except the pushed items', async () => {
      await runRecipe(at('queue', '-name', 'left'), ['push a']);
      expect(await records()).toEqual([]);
      expect(Object.values(await place().client.getAll().prefix('left').strings())).toEqual(['a']);
    });

    it('reports what it expected, and continues', async () => {
      const done = await runRecipe(at('queue', '-name', 'wrong'), [
        'push',
        'push a b',
        'drop',
        '',
        'push a',
        'pop',
      ]);
      expect(done.code).toBe(0);
      expect(done.stdout).toBe('a\n');
      expect(done.stderr.split('\n')).toEqual([
        'expected push VALUE, got "push"',
        'expected push VALUE, got "push a b"',
        'unknown command "drop": expected push VALUE, pop, quit or exit',
        '',
      ]);
    });

    it('finishes a pop that waits after the end of its input', async () => {
      const one = start('queue', '-name', 'ended');
      one.type('pop');
      one.endInput();
      await one.says('waiting: the queue is empty');
      await runRecipe(at('queue', '-name', 'ended'), ['push a']);
      expect(await one.ended).toMatchObject({ code: 0, stdout: 'a\n' });
    });

    it('an interruption gives up a waiting pop, takes nothing, and the next line runs', async () => {
      const one = start('queue', '-name', 'interrupted');
      one.type('pop');
      await one.says('waiting: the queue is empty');
      one.signal('SIGINT');
      await one.says('given up: nothing was taken');
      await runRecipe(at('queue', '-name', 'interrupted'), ['push a']);
      one.type('pop');
      await one.saysLine('a');
      one.endInput();
      expect((await one.ended).code).toBe(0);
      expect(await records()).toEqual([]);
    });

    it('an interruption while it waits for a line ends it', async () => {
      const one = start('queue', '-name', 'idle');
      one.type('push a');
      one.type('pop');
      await one.saysLine('a');
      one.signal('SIGINT');
      expect((await one.ended).code).toBe(0);
      expect(await records()).toEqual([]);
    });

    it.each([
      ['SIGTERM', 143],
      ['SIGHUP', 129],
    ] as const)('%s ends it in the middle of a pop, taking nothing', async (signal, code) => {
      const one = start('queue', '-name', signal);
      one.type('pop');
      one.type('pop');
      await one.says('waiting: the queue is empty');
      one.signal(signal);
      expect((await one.ended).code).toBe(code);
      expect(await records()).toEqual([]);
    });
  });

  describe('recipe priority-queue', () => {
    it('lets the smallest number leave first', async () => {
      const lines = ['push a 9', 'push b 0', 'push c 65535', 'push d 9', 'pop', 'pop', 'pop', 'pop'];
      const done = await runRecipe(at('priority-queue', '--name', 'ranked'), lines);
      expect(done).toEqual({ code: 0, stdout: 'b\na\nd\nc\n', stderr: '' });
    });

    it('explains what a priority is', async () => {
      const wrong = ['-1', '65536', 'high', '1.5'];
      const done = await runRecipe(
        at('priority-queue'),
        wrong.map((priority) => `push a ${priority}`),
      );
      expect(done.stdout).toBe('');
      expect(done.stderr.split('\n').slice(0, -1)).toEqual(
        wrong.map(
          (priority) =>
            `push: PRIORITY is a whole number from 0 to 65535, the smallest leaves first; got "${priority}"`,
        ),
      );
    });
  });

  describe('recipe bank', () => {
    it('prints each account and a sum that has not changed, while another moves the same money', async () => {
      const both = await Promise.all([1, 2].map(() => runRecipe(at('bank'))));
      for (const { code, stdout } of both) {
        const lines = stdout.split('\n');
        const balances = lines.slice(0, 5).map((line, index) => {
          const [, account, balance] = /^account (accts\/\d): (\d+)$/.exec(line) ?? [];
          expect(account).toBe(`accts/${index}`);
          return Number(balance);
        });
        expect(lines.slice(5)).toEqual(['account sum is 500', '']);
        expect(balances.reduce((sum, balance) => sum + balance)).toBe(500);
        expect(balances.some((balance) => balance !== 100)).toBe(true);
        expect(code).toBe(0);
      }
      expect(await place().client.getAll().prefix('stm-commits/').keys()).toEqual([]);
    });

    it('an interruption ends it with 130, and the sum is unchanged', async () => {
      const one = start('bank', '-name', 'interrupted');
      await one.says('10 workers');
      one.signal('SIGINT');
      // All transfers may be done before the signal arrives.
      expect([130, 0]).toContain((await one.ended).code);
      const balances = await place().client.getAll().prefix('interrupted/accts/').numbers();
      // The signal may also arrive before the accounts are there.
      expect([0, 500]).toContain(Object.values(balances).reduce((sum, balance) => sum + balance, 0));
    });
  });

  describe('recipe barrier', () => {
    it('reports what it did, and prints nothing else on stdout', async () => {
      const done = await runRecipe(at('barrier'), ['wait', 'hold', 'release', 'wait', 'release']);
      expect(done).toEqual({
        code: 0,
        stdout: 'after wait\nhold\nreleased\nafter wait\nreleased\n',
        stderr: '',
      });
    });

    it('an interruption gives up a wait, and the barrier is still held', async () => {
      const one = start('barrier', '-name', 'kept');
      one.type('hold');
      one.type('wait');
      await one.says('waiting: the barrier is held');
      one.signal('SIGINT');
      await one.says('given up: stopped waiting');
      one.type('hold');
      await one.says('hold: ');
      one.endInput();
      expect(await one.ended).toMatchObject({ code: 0, stdout: 'hold\n' });
      expect(await place().client.getAll().prefix('kept').keys()).toEqual(['kept']);
    });
  });

  describe('recipe double-barrier', () => {
    it('lets the given number enter and leave together', async () => {
      const done = await runRecipe(at('double-barrier', '-c', '1'), ['enter', 'leave', 'enter', 'leave']);
      expect(done).toEqual({ code: 0, stdout: 'enter\nleave\nenter\nleave\n', stderr: '' });
      expect(await place().client.getAll().prefix('my-test-doublebarrier').keys()).toEqual([]);
    });

    it('revokes its session when it ends, with everything held under it', async () => {
      const one = start('double-barrier', '-name', 'revoked', '-c', '2');
      one.type('enter');
      await one.says('waiting: 2 enter together');
      // It prints that after a while, whether or not its key exists by then.
      const waiters = () => place().client.getAll().prefix('revoked/waiters').keys();
      while ((await waiters()).length === 0);
      one.signal('SIGTERM');
      expect((await one.ended).code).toBe(143);
      expect(await place().client.getAll().prefix('revoked').keys()).toEqual([]);
      expect(await leases()).toEqual([]);
    });
  });

  describe('recipe mutex', () => {
    it('locks and unlocks, and prints the token', async () => {
      const done = await runRecipe(at('mutex'), ['lock', 'lock', 'unlock', 'unlock', 'lock']);
      expect(done.stdout).toBe('locked\nunlocked\nlocked\n');
      expect(done.stderr).toMatch(/^fencing token (\d+)\nlock: .*\nunlock: .*\nfencing token (\d+)\n$/);
      expect(await place().client.getAll().prefix('my-test-lock').keys()).toEqual([]);
      expect(await leases()).toEqual([]);
    });

    it('reports that the lock is lost, and that it is no longer held', async () => {
      const one = start('mutex', '-name', 'lost');
      one.type('lock');
      await one.says('fencing token');
      await place().client.delete().prefix('lost/');
      await one.says('is lost: another client deleted its key');
      one.type('unlock');
      await one.says('unlock: this program does not hold the lock');
      one.type('lock');
      await one.saysLine('locked');
      one.endInput();
      expect((await one.ended).code).toBe(0);
    });
  });

  describe('recipe election', () => {
    it('elects, proclaims and resigns', async () => {
      const lines = ['leader', 'resign', 'campaign a', 'leader', 'proclaim b', 'leader', 'resign', 'leader'];
      const done = await runRecipe(at('election'), lines);
      expect(done.stdout).toBe('no leader\nelected\na\nproclaimed\nb\nresigned\nno leader\n');
      expect(done.stderr).toBe('resign: campaign VALUE must come first\n');
      expect(await leases()).toEqual([]);
    });
  });
}
