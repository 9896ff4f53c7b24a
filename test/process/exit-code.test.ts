/** No user code can turn a violation into success: each way out, with its exit code. */
import { afterAll, describe, expect, it } from 'vitest';
import { configWith, SimFolders, type ConfigParts } from './sim-command.js';

const folders = new SimFolders();
afterAll(() => folders.remove());

const words = ['--seed', '1', '--scenario', 's', '--faults', 'none', '--no-report', '--no-shrink'];

/** Results that the check's violation must not become. */
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

/**
 * Signals, the descriptors and the streams themselves: the code, and the names on stderr. SIGCONT is harmless
 * for a process that gets it by mistake.
 */
const harsherWays: readonly [string, ConfigParts, number, RegExp][] = [
  [
    'process.abort() in a config file',
    { top: 'process.abort();' },
    70,
    /command was done \(process\.abort\)$/m,
  ],
  ['process.abort() in a check', { check: 'process.abort();' }, 70, /command was done \(process\.abort\)$/m],
  ['process.abort() in a node', { node: 'process.abort();' }, 70, /^sim: a called process\.abort at /m],
  [
    'process.reallyExit(0) in a node',
    { node: 'process.reallyExit(0);' },
    70,
    /^sim: a called process\.reallyExit at /m,
  ],
  [
    'a signal from a config file',
    { top: "process.kill(process.pid, 'SIGCONT');" },
    70,
    /command was done \(process\.kill\)$/m,
  ],
  ['a signal from a check', { check: "process.kill(process.pid, 'SIGINT');" }, 70, /\(process\.kill\)$/m],
  ['SIGKILL from a check', { check: 'process._kill(process.pid, 9);' }, 70, /\(process\._kill\)$/m],
  ['a signal to its group from a check', { check: "process.kill(0, 'SIGCONT');" }, 70, /\(process\.kill\)$/m],
  ['a question by signal 0', { check: 'process.kill(process.pid, 0);' }, 1, /^$/],
  [
    'SIGKILL on the way out',
    { top: "process.on('exit', () => process.kill(process.pid, 'SIGKILL'));" },
    1,
    /^$/,
  ],
  ['stdout ended in a config file', { top: 'process.stdout.end(); process.stderr.end();' }, 1, /^$/],
  ['stdout ended in a check', { check: 'process.stdout.end(); process.stderr.end();' }, 1, /^$/],
  ['stdout destroyed in a check', { check: 'process.stdout.destroy(); process.stderr.destroy();' }, 1, /^$/],
  [
    'stdout ended behind its back',
    { top: "import { Writable } from 'node:stream'; Writable.prototype.end.call(process.stdout);" },
    70,
    /^sim: cannot write: /m,
  ],
  [
    'descriptor 1 closed in a config file',
    { top: "import { closeSync } from 'node:fs'; closeSync(1);" },
    70,
    /^sim: cannot write: .*EBADF/m,
  ],
  [
    'descriptor 1 closed in a node',
    { node: "(await import('node:fs')).closeSync(1);" },
    70,
    /^sim: a called fs\.closeSync at /m,
  ],
  [
    'descriptor 2 closed in a node',
    { node: "(await import('node:fs')).close(2);" },
    70,
    /^sim: a called fs\.close at /m,
  ],
];

describe('the exit code', () => {
  it.concurrent.each(ways)('with %s', async (_, parts, code) => {
    const ended = await folders.start(configWith(parts), ...words).ended;
    expect(ended.code, ended.stderr).toBe(code);
  });

  it.concurrent.each(harsherWays)('and a name with %s', async (_, parts, code, named) => {
    const ended = await folders.start(configWith(parts), ...words).ended;
    expect(ended.code, ended.stderr).toBe(code);
    expect(ended.stderr).toMatch(named);
    if (code === 1) expect(ended.stdout).toContain('s · seed 1 · violated');
  });
});
