/** Code that blocks the processor is named, whichever code it is; the process is a real one. */
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { configWith, SimCommand, SimFolders, type ConfigParts } from './sim-command.js';

const folders = new SimFolders();
afterAll(() => folders.remove());

const words = ['--seed', '4', '--scenario', 's', '--faults', 'none', '--no-report'];

describe('the watchdog', () => {
  const [loop, chain] = ['for (;;);', 'for (;;) await null;'];
  const node = /node a in seed 4 of s, at [\d.]+ ms of virtual time \(event \d+\), has kept/;
  it.each<[string, ConfigParts, string, RegExp]>([
    ['a tight loop of a node', { node: `function spin() { ${loop} } spin();` }, loop, node],
    ['an endless chain of microtasks of a node', { node: chain }, chain, node],
    ['a check', { check: loop }, loop, /a check of seed 4 of s has kept/],
    ['a config file', { top: loop }, loop, /code before the first seed has kept/],
  ])('names %s with its line, and exits 70', async (_, parts, code, what) => {
    const config = configWith(parts);
    const directory = folders.make(config);
    const {
      code: exitCode,
      stdout,
      stderr,
    } = await new SimCommand(directory, [...words, '--watchdog', '1']).ended;
    expect(exitCode, stderr).toBe(70);
    const line = config.slice(0, config.indexOf(code)).split('\n').length;
    const [headline = '', ...stack] = stderr.trimEnd().split('\n');
    const place = `${path.join(directory, 'sim.config.mjs')}:${line}:`;
    expect(headline).toContain(`sim: stuck at ${place}`);
    expect(headline).toMatch(what);
    expect(stack.every((frame) => frame.startsWith('    at '))).toBe(true);
    expect(stack.join('\n')).toContain(place);
    expect(stdout).toBe('');
  });

  it('lets Ctrl-C end a stuck process', async () => {
    const command = folders.start(configWith({ node: 'for (;;);' }), ...words);
    await command.says(/^sim: slow at .*sim\.config\.mjs.*: node a in seed 4 of s.*; Ctrl-C ends it\n/m);
    command.signal('SIGINT');
    expect((await command.ended).signal).toBe('SIGINT');
  });

  it('spares code that comes back, and listens to Ctrl-C again', async () => {
    // Comes back once the watchdog counts it as slow, and continues with other seeds.
    const node = `
      if (!globalThis.slow) {
        globalThis.slow = true;
        // To a node, process.listenerCount() counts its own.
        const count = () => [process._events.SIGINT ?? []].flat().length;
        const emit = count();
        while (count() === emit);
      }`;
    // What a node prints in a sweep is not shown.
    const check = `
      if (globalThis.slow === true) {
        globalThis.slow = 'told';
        process.stderr.write('back\\n');
      }`;
    const sweep = ['--seeds', '1..1000000', ...words.slice(2), '--keep-going'];
    const command = folders.start(configWith({ node, check }), ...sweep);
    await command.says(/^back$/m);
    await command.says(/seed 1 is violated[^]*seed 40 is violated/);
    command.signal('SIGINT');
    expect((await command.ended).code).toBe(130);
  });
});
