/** The annotations of GitHub point to the lines of your code, in JavaScript and in TypeScript, here and from a merge. */
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { configWith, SimCommand, SimFolders } from './sim-command.js';

const folders = new SimFolders();
afterAll(() => folders.remove());

const words = ['--scenario', 's', '--faults', 'none', '--no-shrink', '--no-explain', '--workers', '1'];
const lineOf = (text: string, part: string): number => text.slice(0, text.indexOf(part)).split('\n').length;

describe('an annotation', () => {
  it('points to the check, also where the parts of a sweep are merged', async () => {
    const config = configWith({});
    const folder = folders.make(config);
    const place = `file=sim.config.mjs,line=${lineOf(config, 'check(history)')},title=s%3A check c`;
    const one = await new SimCommand(folder, [...words, '--no-report', '--reporter', 'github']).ended;
    expect(one.stderr).toContain(`::error ${place}::`);
    for (const part of [1, 2]) {
      await new SimCommand(folder, [...words, '--seeds', '4', '--shard', `${part}/2`]).ended;
    }
    const merged = await new SimCommand(folder, ['merge', 'reports/blobs', '--reporter', 'github']).ended;
    expect(merged.stderr).toContain(`::error ${place}::`);
  });

  it('points to a check in TypeScript', async () => {
    const script = configWith({});
    const folder = folders.make(script);
    rmSync(path.join(folder, 'sim.config.mjs'));
    const typed = script
      .replace('check(history)', 'check(history: unknown)')
      .replace('import fc', 'interface A {\n  a: 1;\n}\nimport fc');
    writeFileSync(path.join(folder, 'sim.config.ts'), typed);
    const { stderr } = await new SimCommand(folder, [...words, '--reporter', 'github']).ended;
    expect(stderr).toContain(`::error file=sim.config.ts,line=${lineOf(typed, 'check(history')},title=`);
  });

  it('points to the line of a node that threw', async () => {
    const config = configWith({
      node: 'throw new TypeError("no");',
      check: 'return { verdict: "satisfied" };',
    }).replace('await perform(operation, async () => {', 'await perform(operation, async () => {}); {');
    const folder = folders.make(
      config.replace('return { output: null };', '').replace('    });\n  },', '    }\n  },'),
    );
    const { stderr } = await new SimCommand(folder, [...words, '--reporter', 'github']).ended;
    expect(stderr).toMatch(/::error file=sim\.config\.mjs,line=\d+,title=s%3A node-error TypeError[^:]*::/);
  });
});
