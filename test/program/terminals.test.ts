import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { startSimServe, type SimProcess } from '../serve/support/sim-process.js';
import { describeTerminal, recipeAtTerminal, type RecipeProcess } from './support/recipe-process.js';

describeTerminal('recipe at two terminals, against sim serve', () => {
  let sim: SimProcess;
  let endpoint: string;
  const open: RecipeProcess[] = [];
  beforeAll(async () => {
    sim = startSimServe('--listen', '127.0.0.1:0');
    endpoint = (await sim.endpoint) ?? '';
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((recipe) => recipe.kill()));
  });
  afterAll(async () => {
    await sim.interrupt();
  });

  const recipe = (program: string, ...words: readonly string[]): RecipeProcess => {
    const started = recipeAtTerminal(program, '-addr', endpoint, ...words);
    open.push(started);
    return started;
  };

  it('queue: one pops what the other pushes', async () => {
    const [one, other] = [recipe('queue', '-name', 'two'), recipe('queue', '-name', 'two')];
    await one.says('> ');
    one.type('push a');
    one.type('push b');
    await other.says('> ');
    other.type('pop');
    await other.saysLine('a');
    other.type('pop');
    await other.saysLine('b');
    other.type('pop');
    await other.says('waiting: the queue is empty (Ctrl-C gives up)');
    one.type('push c');
    await other.saysLine('c');
    one.type('quit');
    other.type('exit');
    expect((await one.ended).code).toBe(0);
    expect((await other.ended).code).toBe(0);
  });

  it('Ctrl-C gives up a waiting pop, and takes nothing', async () => {
    const [one, other] = [recipe('queue', '-name', 'given-up'), recipe('queue', '-name', 'given-up')];
    await one.says('> ');
    one.type('pop');
    await one.says('Ctrl-C gives up');
    one.typeCtrlC();
    await one.says('given up: nothing was taken');
    await other.says('> ');
    other.type('push a');
    other.type('pop');
    await other.saysLine('a');
    one.type('push b');
    one.type('pop');
    await one.saysLine('b');
  });

  it('Ctrl-C at an idle prompt ends it cleanly', async () => {
    const one = recipe('queue');
    await one.says('> ');
    one.typeCtrlC();
    expect((await one.ended).code).toBe(0);
  });

  it('Ctrl-C forgets a half-typed line, and then ends it', async () => {
    const one = recipe('queue', '-name', 'half');
    await one.says('> ');
    one.typePart('push x');
    await one.says('push x');
    one.typeCtrlC();
    await one.says('^C\n> ');
    one.type('push y');
    one.type('pop');
    await one.saysLine('y');
    one.typeCtrlC();
    expect((await one.ended).code).toBe(0);
  });

  it('the end of the input ends it cleanly', async () => {
    const one = recipe('queue');
    await one.says('> ');
    one.typeCtrlD();
    expect((await one.ended).code).toBe(0);
  });

  it('commands typed ahead run when the previous one has ended', async () => {
    const [one, other] = [recipe('queue', '-name', 'ahead'), recipe('queue', '-name', 'ahead')];
    await one.says('> ');
    one.type('pop');
    one.type('pop');
    one.type('quit');
    await one.says('Ctrl-C gives up');
    await other.says('> ');
    other.type('push a');
    other.type('push b');
    await one.saysLine('a');
    await one.saysLine('b');
    expect((await one.ended).code).toBe(0);
  });

  it('barrier: a waiter passes when the other releases it', async () => {
    const [one, other] = [recipe('barrier'), recipe('barrier')];
    await one.says('> ');
    one.type('hold');
    await one.saysLine('hold');
    await other.says('> ');
    other.type('wait');
    await other.says('waiting: the barrier is held (Ctrl-C gives up)');
    one.type('release');
    await one.saysLine('released');
    await other.saysLine('after wait');
    other.type('wait');
    await other.saysLine('after wait');
  });

  it('Ctrl-C gives up a wait, and the barrier stays held', async () => {
    const [one, other] = [recipe('barrier', '-name', 'kept'), recipe('barrier', '-name', 'kept')];
    await one.says('> ');
    one.type('hold');
    one.type('wait');
    // On a slow machine holding it takes long enough to be given up too.
    await one.says('waiting: the barrier is held (Ctrl-C gives up)');
    one.typeCtrlC();
    await one.says('given up: stopped waiting');
    await other.says('> ');
    other.type('wait');
    await other.says('waiting: the barrier is held');
    one.type('release');
    await other.saysLine('after wait');
  });

  it('double barrier: two enter together and leave together, round after round', async () => {
    const [one, other] = [recipe('double-barrier', '-c', '2'), recipe('double-barrier', '-c', '2')];
    await one.says('> ');
    await other.says('> ');
    for (let round = 0; round < 3; round++) {
      one.type('enter');
      await one.says('waiting: 2 enter together (Ctrl-C gives up)');
      other.type('enter');
      await one.saysLine('enter');
      await other.saysLine('enter');
      other.type('leave');
      await other.says('waiting: all leave together (Ctrl-C gives up)');
      one.type('leave');
      await one.saysLine('leave');
      await other.saysLine('leave');
    }
    one.type('quit');
    other.typeCtrlD();
    expect((await one.ended).code).toBe(0);
    expect((await other.ended).code).toBe(0);
  });

  it('Ctrl-C gives up entering, and leaves no trace', async () => {
    const [one, other] = [
      recipe('double-barrier', '--name', 'empty'),
      recipe('double-barrier', '--name', 'empty'),
    ];
    await one.says('> ');
    one.type('enter');
    await one.says('Ctrl-C gives up');
    one.typeCtrlC();
    await one.says('given up: did not enter');
    await other.says('> ');
    other.type('enter');
    await other.says('waiting: 2 enter together');
    one.type('enter');
    await one.saysLine('enter');
    await other.saysLine('enter');
  });

  it('mutex: one holds the lock at a time; it is released when its program ends', async () => {
    const [one, other] = [recipe('mutex'), recipe('mutex')];
    await one.says('> ');
    one.type('lock');
    await one.saysLine('locked');
    await other.says('> ');
    other.type('lock');
    await other.says('waiting: the lock is held');
    one.type('unlock');
    await one.saysLine('unlocked');
    await other.saysLine('locked');
    one.type('lock');
    await one.says('waiting: the lock is held');
    other.typeCtrlC();
    await one.saysLine('locked');
    expect((await other.ended).code).toBe(0);
  });

  it('election: one leads at a time, and the other sees who', async () => {
    const [one, other] = [recipe('election'), recipe('election')];
    await one.says('> ');
    one.type('leader');
    await one.saysLine('no leader');
    one.type('campaign a');
    await one.saysLine('elected');
    await other.says('> ');
    other.type('leader');
    await other.saysLine('a');
    other.type('observe');
    await other.saysLine('a');
    one.type('proclaim b');
    await one.saysLine('proclaimed');
    await other.saysLine('b');
    other.typeCtrlC();
    await other.says('given up: stopped observing');
    other.type('campaign c');
    await other.says('waiting: another leads');
    one.type('resign');
    await one.saysLine('resigned');
    await other.saysLine('elected');
    one.type('leader');
    await one.saysLine('c');
  });
});
