/** The published package: its contents, and what a user can do after installing it. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../documents.js';
import { installNodeVersions, nodeOf, nodeVersions, nodeVersionsMissing } from '../real/node-versions.js';

const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'etcd-sim-package-')));
const installed = path.join(folder, 'node_modules/etcd-sim');
let tarball = '';
let packed: readonly string[] = [];

beforeAll(() => {
  const words = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const [pack] = JSON.parse(
    execFileSync('npm', words, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 }),
  ) as [Pack];
  tarball = path.join(folder, pack.filename);
  packed = pack.files.map((file) => file.path);
  writeFileSync(path.join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  install(tarball, 'etcd3');
});

afterAll(() => rmSync(folder, { recursive: true }));

interface Pack {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** The versions are those of this repository, which npm has at hand. */
function install(...names: readonly string[]): void {
  const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    readonly devDependencies: Readonly<Record<string, string>>;
  };
  const words = names.map((name) =>
    name === tarball ? name : `${name}@${manifest.devDependencies[name] ?? ''}`,
  );
  execFileSync('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--save-dev', ...words], {
    cwd: folder,
    stdio: 'pipe',
  });
}

function run(node: string, file: string, ...words: readonly string[]) {
  return runWith({}, node, file, ...words);
}

function runWith(
  env: Readonly<Record<string, string>>,
  node: string,
  file: string,
  ...words: readonly string[]
) {
  const { status, stdout, stderr } = spawnSync(node, [path.join(folder, file), ...words], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1', CI: 'true', ...env },
  });
  return { status, stdout, stderr, text: stdout + stderr };
}

const SIM = 'node_modules/etcd-sim/dist/scenarios/main.js';
const VITEST = 'node_modules/vitest/vitest.mjs';
const JEST = 'jest@30.5.2';

describe('its contents', () => {
  it('satisfy publint', async () => {
    const { messages, pkg } = await publint({ pkgDir: root, strict: true, pack: false });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  it('have types that every way to import an ES module finds', async () => {
    const analysis = await checkPackage(createPackageFromTarballData(readFileSync(tarball)));
    if (analysis.types === false) throw new Error('expected types in the package');
    // It has ES modules only: `require` of Node.js 20.19 accepts them, TypeScript for CommonJS does not.
    const problems = analysis.problems.filter(
      (problem) => !('resolutionKind' in problem && /^node10$|-cjs$/.test(problem.resolutionKind)),
    );
    expect(problems).toEqual([]);
  });

  it('include everything that the README and docs refer to', () => {
    for (const page of ['README.md', ...packed.filter((file) => /^docs\/[\w-]+\.md$/.test(file))]) {
      const text = readFileSync(path.join(root, page), 'utf8');
      for (const [, link = ''] of text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)) {
        const target = path.posix.join(path.posix.dirname(page), link);
        const isThere = packed.some(
          (file) => file === target || file.startsWith(target.replace(/\/?$/, '/')),
        );
        expect(isThere, `${page} links to ${target}`).toBe(true);
      }
    }
  });

  it('exclude everything that only this repository needs', () => {
    expect(
      packed.filter((file) =>
        /\.map$|tsbuildinfo|node_modules|^dist\/(bench|test)\/|^(sim|src|test)\//.test(file),
      ),
    ).toEqual([]);
  });
});

describe('recipes alone', () => {
  it('need neither fast-check nor Toxiproxy’s client', () => {
    expect(readdirSync(path.join(folder, 'node_modules'))).not.toContain('fast-check');
    expect(readdirSync(path.join(folder, 'node_modules'))).not.toContain('toxiproxy-node-client');
    writeFileSync(
      path.join(folder, 'recipes.mjs'),
      "import { Queue } from 'etcd-sim';\nconsole.log(typeof Queue);\n",
    );
    expect(run(process.execPath, 'recipes.mjs').text).toBe('function\n');
  });

  it('and a program that simulates without it reports what to install, in one line', () => {
    const { status, stdout, stderr } = run(process.execPath, SIM, 'list');
    expect({ status, stdout }).toEqual({ status: 70, stdout: '' });
    expect(stderr).toMatch(/^sim: [^\n]*npm install --save-dev fast-check\n$/);
  });
});

const skipped = nodeVersionsMissing === undefined ? '' : ` (skipped: ${nodeVersionsMissing})`;
const others = nodeVersionsMissing === undefined ? nodeVersions : [];

describe(`a new project${skipped}`, () => {
  beforeAll(() => {
    install('fast-check', 'vitest');
    if (others.length > 0) installNodeVersions();
    expect(run(process.execPath, SIM, 'init').text).toMatch(
      /^kept   package\.json[^\n]*\nwrote  src\/counter\.ts\n/,
    );
    cpSync(path.join(installed, 'docs/examples/first-test'), path.join(folder, 'first'), { recursive: true });
  });

  const versions = ['this', ...others] as const;
  const nodeFor = (version: (typeof versions)[number]) =>
    version === 'this' ? process.execPath : nodeOf(version);

  it.each(versions)('has a passing test in TypeScript, on %s Node.js', (version) => {
    const { status, text } = run(nodeFor(version), VITEST, 'run', 'test/counter');
    expect(status, text).toBe(0);
    expect(text).toMatch(/1 passed/);
  });

  it.each(versions)('has a config in TypeScript that the command accepts, on %s Node.js', (version) => {
    const { status, text } = run(
      nodeFor(version),
      SIM,
      '--scenario',
      'numbers',
      '--seeds',
      '5',
      '--no-report',
    );
    expect(status, text).toBe(0);
    expect(text).toMatch(/numbers · 5 seeds · satisfied/);
  });

  it.each(versions)('goes red with its story if it tests the README’s lock, on %s Node.js', (version) => {
    const { status, text } = run(nodeFor(version), VITEST, 'run', 'first/');
    expect(status, text).toBe(1);
    expect(text).toMatch(/SimulationError: one worker at a time: violated/);
    expect(text).toMatch(/What led to it:\n(.*\n)+\nRun it again\nSIM_SEED=\d+ npx vitest run first\//);
    expect(text).toMatch(/❯ first\/job-lock\.test\.ts:\d+:\d+/);
    const [, picture = ''] = /^ ?picture: (\S+)/m.exec(text) ?? [];
    expect(existsSync(path.join(folder, picture)), picture).toBe(true);
  });

  it.each(versions)('runs the first and the last step of the tutorial, on %s Node.js', (version) => {
    const config = ['--config', 'node_modules/etcd-sim/docs/examples/tutorial/sim.config.mjs'];
    const common = [...config, '--seeds', '20', '--no-report'];
    const first = run(nodeFor(version), SIM, '--scenario', 'step-1', ...common, '--faults', 'none');
    expect(first.status, first.text).toBe(1);
    expect(first.text).toMatch(/nothing-lost: revision \d+ lost w\d-\d/);
    const last = run(nodeFor(version), SIM, '--scenario', 'step-5', ...common);
    expect(last.status, last.text).toBe(0);
  });

  it('goes red with its story in Jest, which shows the line', () => {
    execFileSync('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--save-dev', JEST], {
      cwd: folder,
      stdio: 'pipe',
    });
    writeFileSync(path.join(folder, 'lost.test.mjs'), LOST_IN_JEST);
    const { status, text } = runWith(
      { NODE_OPTIONS: '--experimental-vm-modules' },
      ...[process.execPath, 'node_modules/jest/bin/jest.js'],
      ...['--testMatch', '**/lost.test.mjs', '--moduleFileExtensions', 'mjs', 'js', '--colors=false'],
    );
    expect(status, text).toBe(1);
    expect(text).toMatch(/✕ adds/);
    expect(text).toMatch(/What led to it:\n(.*\n)+\s*Run it again\n\s*SIM_SEED=0 npx jest/);
    const line = LOST_IN_JEST.split('\n').findIndex((one) => one.includes('toBe(2)')) + 1;
    expect(text).toMatch(new RegExp(`lost\\.test\\.mjs:${line}:`));
    expect(text).toMatch(/✓ adds in turn/);
  });
});

const LOST_IN_JEST = `
import { expect, jest, test } from '@jest/globals';
import { simulate } from 'etcd-sim/sim';

// By default a test of Jest may take five seconds.
jest.setTimeout(600_000);

const adding = (add) => async (sim) => {
  await sim.client.put('counter').value(0);
  sim.nodes(2, add);
  await sim.nodesEnded();
  expect(await sim.client.get('counter').number()).toBe(2);
};
const options = { seeds: 5, faults: 'none', command: 'npx jest' };

test('adds', () => simulate(adding(async ({ client, sleep }) => {
  const found = await client.get('counter').number();
  await sleep(20);
  await client.put('counter').value(found + 1);
}), options));

test('adds in turn', () => simulate(adding(async ({ client }) => {
  await client.stm().transact(async (tx) => {
    await tx.put('counter').value((await tx.get('counter').number()) + 1);
  });
}), options));
`;
