/** `sim debug` at a terminal: single keys, a prompt, and a terminal that is left as it was. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { root } from '../documents.js';
import { describeTerminal, RecipeProcess } from './support/recipe-process.js';

const command = path.join(root, 'dist/scenarios/main.js');
const REPRO = 'docs/examples/repros/bank-lost-update.json';
const [RIGHT, DOWN] = ['\u001b[C', '\u001b[B'];
const LEAVES = '\u001b[?25h\u001b[?1049l';

const open: RecipeProcess[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.kill()));
});

function debugAtTerminal(env: Readonly<Record<string, string>> = {}): RecipeProcess {
  const line = `stty rows 24 columns 80; exec '${process.execPath}' '${command}' debug ${REPRO}`;
  const child = spawn('script', ['-qefc', line, '/dev/null'], {
    cwd: root,
    env: { PATH: process.env['PATH'], TERM: 'xterm', ...env },
  });
  const started = new RecipeProcess(child);
  open.push(started);
  return started;
}

describeTerminal('sim debug at a terminal', () => {
  it('goes where the keys say, and leaves the terminal as it was', async () => {
    const debug = debugAtTerminal();
    await debug.says('event 29 of 32');
    await debug.says('✗ sum-conserved');
    debug.typePart('<');
    await debug.says('start of 32 events');
    debug.typePart(RIGHT);
    await debug.says('event 1 of 32');
    debug.typePart('g');
    await debug.says('go to event or time: _');
    debug.typePart('5.5ms');
    await debug.says('5.5ms_');
    debug.typePart('\r');
    await debug.says('event 25 of 32');
    await debug.says('etcd makes revision 4');
    debug.typePart(DOWN);
    await debug.says('of m1 to KV.Txn#8 reaches w9');
    debug.typePart('/');
    await debug.says('part of a key: _');
    debug.typePart('acc2\r');
    await debug.says('no later change of a key with "acc2"');
    debug.typePart('M');
    await debug.says('makes revision 2');
    debug.typePart('?');
    await debug.says('Keys of sim debug');
    debug.typePart('q');
    const { code, stdout } = await debug.ended;
    expect(code).toBe(0);
    expect(stdout.endsWith(LEAVES)).toBe(true);
  });

  it('has no colours where NO_COLOR forbids them, and ends with Ctrl-C', async () => {
    const debug = debugAtTerminal({ NO_COLOR: '1' });
    await debug.says('event 29 of 32');
    debug.typeCtrlC();
    const { code, stdout } = await debug.ended;
    expect(code).toBe(0);
    expect(stdout.endsWith(LEAVES)).toBe(true);
    expect(stdout).not.toMatch(/\u001b\[\d+m/);
  });

  it('goes by lines at a terminal that has no cursor to move', async () => {
    const debug = debugAtTerminal({ TERM: 'dumb' });
    await debug.says('event 29 of 32');
    debug.type('at 25');
    await debug.says('event 25 of 32');
    debug.type('quit');
    expect((await debug.ended).code).toBe(0);
  });
});
