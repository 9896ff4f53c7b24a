/**
 * `sim debug --break` with a real debugger, that of `node inspect`: it stops in the user's file, at the event, in virtual
 * time, and the run is the same afterwards. The process is a real one, as built by `npm run build`.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { Repro } from '../../sim/repro/repro.js';
import { configWith, SimCommand, SimFolders } from './sim-command.js';

const folders = new SimFolders();
afterAll(() => folders.remove());

const debuggers: Debugger[] = [];
afterEach(async () => {
  for (const one of debuggers.splice(0)) await one.end();
});

/** `node inspect`, attached to a process. */
class Debugger {
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  #said = '';
  #heard = 0;
  #listener = (): void => undefined;

  constructor(address: string) {
    this.#child = spawn(process.execPath, ['inspect', address], { env: { PATH: process.env['PATH'] } });
    debuggers.push(this);
    this.#closed = once(this.#child, 'close');
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#said += text;
      this.#listener();
    });
    this.#child.stdin?.on('error', () => undefined);
  }

  type(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  /** Resolves with a match after those of before; rejects if it ends before. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.#said.slice(this.#heard));
      if (found !== null) {
        this.#heard += found.index + found[0].length;
        return found;
      }
      const more = new Promise<'more'>((resolve) => (this.#listener = () => resolve('more')));
      const next = await Promise.race([more, this.#closed]);
      if (next !== 'more') throw new Error(`expected ${String(pattern)}, got ${this.#said}`);
    }
  }

  async end(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#closed;
  }
}

const config = configWith({ node: "const told = 'after the put';" });
const LINE = config.slice(0, config.indexOf('const told')).split('\n').length;

/** A failing run of the scenario, as a file in a folder of its own. */
async function failing(): Promise<{ readonly directory: string; readonly repro: Repro }> {
  const directory = folders.make(config);
  const words = ['--seed', '4', '--scenario', 's', '--faults', 'none', '--no-explain', '--no-shrink'];
  const { code, stderr } = await new SimCommand(directory, words).ended;
  expect(code, stderr).toBe(1);
  const repro = JSON.parse(readFileSync(path.join(directory, 'reports/latest/repro.json'), 'utf8')) as Repro;
  return { directory, repro };
}

/** The event in which the node hears that its put is done. */
async function eventOfAnswer(directory: string, { trace }: Repro): Promise<number> {
  const input = `at start\n${'next\n'.repeat(trace.events)}`;
  const words = ['debug', 'reports/latest/repro.json'];
  const { code, stdout, stderr } = await new SimCommand(directory, words, { input }).ended;
  expect(code, stderr).toBe(0);
  const [, event = ''] =
    /^event (\d+) of .*\n {2}the answer of m1 to KV\.Put#\d+ reaches a$/m.exec(stdout) ?? [];
  return Number(event);
}

const ADDRESS = /ws:\/\/(127\.0\.0\.1:\d+)\//;

describe('sim debug --break', () => {
  it('stops in the user’s file at the event, with the clock of the node, and runs on to the same trace', async () => {
    const { directory, repro } = await failing();
    const event = await eventOfAnswer(directory, repro);
    const words = ['debug', 'reports/latest/repro.json', '--break', String(event), '--watchdog', '1'];
    const command = new SimCommand(directory, words, { nodeFlags: ['--inspect-port=0'] });
    const [, address = ''] = await command.says(ADDRESS);
    const inspect = new Debugger(address);
    const [, file = '', line] = await inspect.says(/break in (\S+):(\d+)/);
    expect([path.basename(file), Number(line)]).toEqual(['sim.config.mjs', LINE]);
    const [, text = ''] = await command.says(/^sim: stopped at (.*)$/m);
    expect(text).toContain(`sim.config.mjs:${LINE}, in event ${event} at `);
    expect(text).toMatch(/: the answer of m1 to KV\.Put#\d+ reaches a$/);
    // Virtual time does not pass.
    inspect.type("exec('Date.now()')");
    const [, first] = await inspect.says(/(17672256\d{5})/);
    inspect.type("exec('Date.now() + 0')");
    const [, second] = await inspect.says(/(17672256\d{5})/);
    expect(second).toBe(first);
    // The watchdog would end a process that keeps the processor for a second.
    inspect.type("exec('let turns = 0; while (turns < 3e8) turns++; turns')");
    await inspect.says(/300000000/);
    inspect.type('cont');
    await command.says(new RegExp(`^sim: the same run: trace ${repro.trace.hash}$`, 'm'));
    await inspect.end();
    const { code, stderr } = await command.ended;
    expect(code, stderr).toBe(0);
    expect(stderr).not.toContain('stuck');
    expect(stderr).not.toContain('slow at');
  });

  it('does not wait where Node.js was started for a debugger', async () => {
    const { directory, repro } = await failing();
    const event = await eventOfAnswer(directory, repro);
    const words = ['debug', 'reports/latest/repro.json', '--break', String(event)];
    const command = new SimCommand(directory, words, { nodeFlags: ['--inspect-brk=127.0.0.1:0'] });
    const [, address = ''] = await command.says(ADDRESS);
    const inspect = new Debugger(address);
    // That of --inspect-brk, before anything else.
    await inspect.says(/Break on start in \S+main\.js:\d+/);
    inspect.type('cont');
    await inspect.says(new RegExp(`break in \\S+sim\\.config\\.mjs:${LINE}`));
    inspect.type('cont');
    await command.says(new RegExp(`^sim: the same run: trace ${repro.trace.hash}$`, 'm'));
    await inspect.end();
    const { code, stderr } = await command.ended;
    expect(code, stderr).toBe(0);
    expect(stderr).not.toContain('attach a debugger');
  });

  it('dies of Ctrl-C while it waits', async () => {
    const { directory } = await failing();
    const words = ['debug', 'reports/latest/repro.json', '--break', '3'];
    const command = new SimCommand(directory, words, { nodeFlags: ['--inspect-port=0'] });
    await command.says(ADDRESS);
    command.signal('SIGINT');
    expect((await command.ended).signal).toBe('SIGINT');
  });
});
