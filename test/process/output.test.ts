/** What nodes print is shown for one run, of however many the command makes; the process is a real one. */
import { afterAll, describe, expect, it } from 'vitest';
import { configWith, SimFolders } from './sim-command.js';

const folders = new SimFolders();
afterAll(() => folders.remove());

const node = `console.log('printed by a');`;

describe('what a node prints', () => {
  const holds = 'return { verdict: "satisfied" };';
  const words = ['--scenario', 's', '--faults', 'none', '--no-report'];
  it.each([
    ['a sweep that holds', holds, ['--seeds', '1..20', '--workers', '1'], 0],
    ['a sweep that holds, in several processes', holds, ['--seeds', '1..20', '--workers', '2'], 0],
    ['a sweep that fails', '', ['--seeds', '1..20', '--keep-going'], 1],
    ['one seed that fails', '', ['--seed', '4'], 1],
  ])('is shown once by %s', async (_, check, sweep, code) => {
    const ended = await folders.start(configWith({ node, check }), ...words, ...sweep).ended;
    expect(ended.code, ended.stderr).toBe(code);
    expect(ended.stderr.match(/^printed by a$/gm)).toHaveLength(1);
  });
});
