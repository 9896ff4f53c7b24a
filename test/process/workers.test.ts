/** Sweeps whose seeds run in several processes: the same result, and a dead process costs only its seed. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { specimens } from '../../scenarios/index.js';
import { configWith, SimCommand, SimFolders } from './sim-command.js';

const folders = new SimFolders();
afterAll(() => folders.remove());

/** Its output, without durations and without the columns, whose width a duration may decide. */
const said = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !/wall time/.test(line))
    .map((line) => line.replace(/ +/g, ' '))
    .join('\n');

const holds = 'return { verdict: "satisfied" };';
const failsFrom = (seed: number): string =>
  `if (globalThis.seedOfRun < ${seed}) return { verdict: "satisfied" };`;
const remembersSeed = 'setup: async ({ plan }) => { globalThis.seedOfRun = plan.seed; },';

describe('a sweep in several processes', () => {
  it.each([
    ['that holds', configWith({ check: holds }), 0],
    ['that fails at its fifth seed', configWith({ check: failsFrom(4), more: remembersSeed }), 1],
  ])('%s reports the same as in one process', async (_, config, code) => {
    const words = ['--scenario', 's', '--seeds', '9', '--no-report', '--faults', 'none'];
    const one = await folders.start(config, ...words, '--workers', '1').ended;
    const three = await folders.start(config, ...words, '--workers', '3').ended;
    expect([one.code, three.code]).toEqual([code, code]);
    expect(said(three.stdout)).toBe(said(one.stdout));
    expect(one.stdout).toMatch(code === 0 ? /9 seeds/ : /5 seeds/);
  });

  it('shrinks a failure to the same plan as in one process', async () => {
    const words = ['--scenario', 'mutex-naive', '--seeds', '16', '--faults', 'none'];
    const shrunk = async (workers: number) => {
      const out = ['--out', `reports-${workers}`, '--workers', String(workers)];
      const ended = await folders.start('export default {};', ...words, ...out).ended;
      const text = said(ended.stdout).replaceAll(`reports-${workers}`, 'reports');
      return { code: ended.code, text };
    };
    const one = await shrunk(1);
    expect(one.code).toBe(1);
    expect(one.text).toMatch(/repro\.shrunk\.json/);
    expect(await shrunk(2)).toEqual(one);
  });

  it('shrinks and explains a repro as one process does', async () => {
    const top = `
      import { appendFileSync } from 'node:fs';
      if (process.connected) appendFileSync('workers', 'one more\\n');
    `;
    const node = 'for (let count = 0; count < 800; count++) await client.get(prefix);';
    const check = `
      const ids = history.operations.map(({ id }) => id);
      if (!ids.includes('a5') || !ids.includes('a9')) return { verdict: 'satisfied' };
    `;
    const more = `
      nodes: () => fc.constant([
        { name: 'a', operations: Array.from({ length: 12 }, (_, at) => ({ ...operation, id: 'a' + at })) },
      ]),
    `;
    const folder = folders.make(configWith({ top, node, check, more }));
    const end = (...words: string[]) => new SimCommand(folder, words).ended;
    const found = await end('--seed', '1', '--scenario', 's', '--no-shrink', '--no-explain');
    expect(found.code).toBe(1);
    const shrink = ['shrink', 'reports/latest/repro.json', '--no-report'];
    const one = await end(...shrink, '--workers', '1');
    expect(readdirSync(folder)).not.toContain('workers');
    const two = await end(...shrink, '--workers', '2');
    expect(readFileSync(path.join(folder, 'workers'), 'utf8')).toBe('one more\none more\n');
    expect([one.code, two.code]).toEqual([1, 1]);
    expect(said(two.stdout)).toBe(said(one.stdout));
    expect(said(two.stdout)).toMatch(/in a run of 2 operations of 1 node, 0 faults/);
  });

  it('continues past a seed whose process has ended, and names it', async () => {
    const node = 'if (plan.seed === 2) while (true);';
    const config = configWith({ node, check: holds }).replace('perform }', 'perform, plan }');
    const words = ['--scenario', 's', '--seeds', '6', '--no-report', '--faults', 'none'];
    const { code, stdout, stderr } = await folders.start(
      config,
      ...words,
      '--workers',
      '2',
      '--watchdog',
      '1',
    ).ended;
    expect(code).toBe(70);
    expect(stderr).toMatch(/sim: seed 2 of s is lost: .*70/);
    // The process itself has reported its position.
    expect(stderr).toMatch(/sim\.config\.mjs/);
    expect(stdout).toMatch(/seeds +5\b/);
    expect(stdout).toMatch(/satisfied +5\b/);
  });

  it('names code that leaves the simulation as one process does', async () => {
    const node = 'if (plan.seed === 2) await fetch("http://127.0.0.1:1/");';
    const config = configWith({ node, check: holds }).replace('perform }', 'perform, plan }');
    const words = ['--scenario', 's', '--seeds', '6', '--no-report', '--faults', 'none'];
    const one = await folders.start(config, ...words, '--workers', '1').ended;
    const two = await folders.start(config, ...words, '--workers', '2').ended;
    expect([one.code, two.code]).toEqual([70, 70]);
    const where = /a called fetch.*/.exec(one.stderr)?.[0].replace(/at \S*\/sim\.config/, 'at sim.config');
    expect(where).toBeDefined();
    expect(two.stderr.replace(/at \S*\/sim\.config/, 'at sim.config')).toContain(where);
  });

  it('ends when it is interrupted, with its processes', async () => {
    const config = configWith({ check: holds });
    const words = ['--scenario', 's', '--seeds', '5000', '--no-report', '--workers', '2'];
    const sweep = folders.start(config, ...words);
    await sweep.says(/of 5000 seeds/);
    sweep.signal('SIGINT');
    expect((await sweep.ended).code).toBe(130);
  });
});

it('specimens have a row each, in their order, though several processes sweep over them', async () => {
  const words = ['canary', '--budget', '1', '--faults', 'none', '--workers', '3'];
  const { stdout, stderr } = await folders.start('export default {};', ...words).ended;
  const rows = [...stdout.matchAll(/^\| ([a-z]\S+) +\| (\d) of 1/gm)].map(([, name]) => name);
  expect(rows).toEqual(specimens.map(({ name }) => name));
  expect(stdout).toMatch(/\| queue-go +\| 1 of 1/);
  expect(stderr.match(/^\d+ of \d+: /gm)).toHaveLength(specimens.length);
});
