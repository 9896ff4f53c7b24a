/** GitHub workflows, of this project and for its users, as actionlint reads them; and the notes of a release. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { actionlintTool } from '../../sim/backend/real/tools.js';
import { packageRoot } from '../../sim/package-root.js';
import { provide } from '../real/provide.js';

const root = packageRoot();
const linter = await provide(actionlintTool, (line) => void process.stderr.write(`${line}\n`));
const skipped = linter.kind === 'unavailable' ? ` (skipped: ${linter.message})` : '';
const scratch = mkdtempSync(path.join(tmpdir(), 'etcd-sim-workflows-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Complaints, one a line; none for a workflow that is right. */
function lint(file: string): string {
  if (linter.kind === 'unavailable') throw new Error(linter.message);
  return spawnSync(linter.path, ['-oneline', '-shellcheck=', '-pyflakes=', file], { encoding: 'utf8' })
    .stdout;
}

const folders = ['.github/workflows', 'docs/examples/start/github'];
const workflows = folders.flatMap((folder) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yml'))
    .map((name) => path.join(folder, name)),
);

describe.skipIf(skipped !== '')(`GitHub workflows${skipped}`, () => {
  it.each(workflows)('%s has no mistake', (file) => {
    expect(lint(path.join(root, file))).toBe('');
  });

  it('to be copied have no mistake, with the action that they use', () => {
    const project = path.join(scratch, 'project');
    // It belongs to a project: the workflow names files of the project.
    mkdirSync(path.join(project, '.git'), { recursive: true });
    cpSync(path.join(root, 'deploy/github'), path.join(project, '.github'), { recursive: true });
    const workflow = path.join(project, '.github/workflows/simulation.yml');
    expect(lint(workflow)).toBe('');
    // The action is read, and not only named.
    const action = path.join(project, '.github/sweep/action.yml');
    writeFileSync(action, readFileSync(action, 'utf8').replace('  arguments:', '  others:'));
    expect(lint(workflow)).toContain('arguments');
  });

  it('with a mistake are found', () => {
    const wrong = path.join(scratch, 'wrong.yml');
    writeFileSync(wrong, 'on: push\njobs:\n  one:\n    runs-on: ubuntu-latest\n    stps: []\n');
    expect(lint(wrong)).toContain('stps');
  });
});

describe('the notes of a release', () => {
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    readonly version: string;
  };
  const notes = (given: string) =>
    spawnSync(process.execPath, [path.join(root, 'tools/release-notes.mjs'), given], { encoding: 'utf8' });

  it('are the section of its version', () => {
    const changelog = readFileSync(path.join(root, 'CHANGELOG.md'), 'utf8');
    const { stdout, status } = notes(version);
    expect(status).toBe(0);
    expect(stdout.trim()).not.toBe('');
    expect(changelog).toContain(`## ${version}\n\n${stdout.trim()}`);
  });

  it('are refused for a version that package.json does not have', () => {
    const { stderr, status } = notes('99.0.0');
    expect({ stderr, status }).toEqual({
      stderr: `release-notes: expected the version of package.json, ${version}, got 99.0.0\n`,
      status: 64,
    });
  });
});
