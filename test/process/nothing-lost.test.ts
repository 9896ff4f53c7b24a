/** However a sweep ends, its findings so far are on disk. The process is a real one. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { configWith, SimCommand, SimFolders } from './sim-command.js';

const folders = new SimFolders();
afterAll(() => folders.remove());

/** There are many seeds, and each fails: only a signal ends it. */
const endless = ['--seeds', '1..1000000', '--scenario', 's', '--faults', 'none', '--keep-going'];

describe('a sweep that is killed', () => {
  it('has kept its findings, complete', async () => {
    const directory = folders.make(configWith({}));
    const sweep = new SimCommand(directory, endless);
    const [, file = ''] = await sweep.says(/^corpus: (.+)\n/m);
    sweep.signal('SIGKILL');
    expect((await sweep.ended).signal).toBe('SIGKILL');
    const text = readFileSync(path.join(directory, file), 'utf8');
    expect(JSON.parse(text)).toMatchObject({ verdict: 'violated', plan: { scenario: 's', seed: 1 } });
    expect(readdirSync(path.join(directory, path.dirname(file)))).toEqual(['s-check-c-3.6.json']);
  });
});

describe('SIGHUP', () => {
  it('ends a sweep as SIGTERM does, with its findings, each of them reported', async () => {
    const sweep = folders.start(configWith({}), ...endless, '--no-shrink');
    await sweep.says(/^sim: seed 2 is violated: c: nothing is right; sim --seed 2 --scenario s /m);
    sweep.signal('SIGHUP');
    const { code, stdout, stderr } = await sweep.ended;
    expect(code).toBe(130);
    expect(stdout).toContain('nothing is right');
    expect(stderr).toMatch(/interrupted after \d+ of 1000000 seeds/);
  });
});

describe('a node that never comes back while its failure is shrunk', () => {
  it('leaves the command that replays the failure, as the last line', async () => {
    const config = configWith({
      node: 'if (plan.nodes.length < 2) for (;;);',
      more: "nodes: () => ['a', 'b'].map((name) => ({ name, operations: [{ ...operation, id: `${name}1` }] })),",
    }).replace('perform }', 'perform, plan }');
    const directory = folders.make(config);
    const command = new SimCommand(directory, ['--seeds', '3', '--scenario', 's', '--watchdog', '1']);
    const { code, stderr } = await command.ended;
    expect(code).toBe(70);
    const [, file = ''] = /^corpus: (.+)$/m.exec(stderr) ?? [];
    expect(stderr.trimEnd().split('\n').at(-1)).toBe(`replay: sim replay ${file}`);
    expect(JSON.parse(readFileSync(path.join(directory, file), 'utf8'))).toMatchObject({
      verdict: 'violated',
    });
  });
});
