/** Nothing that user code does turns a violation into success: each way out, with the exit code it leads to. */
import { afterAll, describe, expect, it } from 'vitest';
import { configWith, SimFolders, type ConfigParts } from './sim-command.js';

const folders = new SimFolders();
afterAll(() => folders.remove());

const words = ['--seed', '1', '--scenario', 's', '--faults', 'none', '--no-report', '--no-shrink'];

/** What the check's violation must not become. */
const ways: readonly [string, ConfigParts, number][] = [
  ['nothing of the kind', {}, 1],
  ['process.exit(0) in a config file', { top: 'process.exit(0);' }, 70],
  ['process.exit(0) in a check', { check: 'process.exit(0);' }, 70],
  ['process.exit(0) in a node', { node: 'process.exit(0);' }, 1],
  ['process.reallyExit(0) in a check', { check: 'process.reallyExit(0);' }, 70],
  [
    'an exit code set, and listeners taken away',
    { top: 'process.exitCode = 0;', check: 'process.removeAllListeners(); process.exitCode = 0;' },
    1,
  ],
  ['an exit code set on the way out', { top: "process.on('exit', () => { process.exitCode = 0; });" }, 1],
  ['process.exit(0) on the way out', { top: "process.on('exit', () => process.exit(0));" }, 1],
  ['an error on the way out', { top: "process.on('exit', () => { throw new Error('on the way'); });" }, 1],
  ['process.exit replaced', { top: 'process.exit = () => {}; process.reallyExit = () => {};' }, 1],
  ['an output that nobody gets', { top: 'process.stdout.write = () => true; console.log = () => {};' }, 1],
  [
    'a config file that never ends',
    { top: "process.exitCode = 0; process.removeAllListeners('exit'); await new Promise(() => {});" },
    70,
  ],
  [
    'an error that nobody catches',
    {
      top: "setTimeout(() => { throw new Error('later'); }, 0); await new Promise((go) => setTimeout(go, 50));",
    },
    70,
  ],
];

describe('the exit code', () => {
  it.concurrent.each(ways)('with %s', async (_, parts, code) => {
    const ended = await folders.start(configWith(parts), ...words).ended;
    expect(ended.code, ended.stderr).toBe(code);
  });
});
