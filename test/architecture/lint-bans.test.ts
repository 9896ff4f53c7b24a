/** Each ban of eslint.config.js fires where it should, with a message that names the replacement, and nowhere else. */
import { ESLint } from 'eslint';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import tseslint from 'typescript-eslint';
import { root } from './sources.js';

/** Without types, so that snippets need no file on disk. */
const untyped = new ESLint({
  cwd: root,
  overrideConfig: [
    {
      files: ['**/*.ts'],
      extends: [tseslint.configs.disableTypeChecked],
      languageOptions: { parserOptions: { projectService: false, project: false } },
      rules: {
        '@typescript-eslint/no-unused-vars': 'off',
        '@typescript-eslint/no-unused-expressions': 'off',
      },
    },
  ].flatMap(({ extends: [base], ...rest }) => [{ ...base, files: rest.files }, rest]) as never,
});

async function complaints(code: string, filePath: string, eslint = untyped): Promise<string[]> {
  const [result] = await eslint.lintText(`${code}\n`, { filePath });
  return (result?.messages ?? []).map((message) => `${message.ruleId ?? 'parser'}: ${message.message}`);
}

const time = 'engine.nowUs and engine.schedule';
const randomness = 'engine.random.stream(key)';
const locale = 'compare with < and >';
const math = 'Its last digits differ';
const io = 'This room is pure';

const storage = 'Make an AsyncLocalStorage once';

/** Banned code, and words that its message must contain. */
const banned: [string, string][] = [
  ['export const now = Date.now();', time],
  ['export const now = new Date();', time],
  ['export const now = Date();', time],
  ['export const now = globalThis.Date.now();', time],
  ['export const now = performance.now();', time],
  ['setTimeout(() => undefined, 1);', time],
  ['globalThis.setTimeout(() => undefined, 1);', time],
  ['setInterval(() => undefined, 1);', time],
  ['setImmediate(() => undefined);', time],
  ['const later = setTimeout;', time],
  ['export const at = process.hrtime.bigint();', time],
  ['export const at = process.uptime();', time],
  ['export const signal = AbortSignal.timeout(5);', time],
  ["import { setTimeout as wait } from 'node:timers/promises';", time],
  ["import timers from 'timers';", time],
  ["import { performance as clock } from 'node:perf_hooks';", time],
  ["export const timers = await import('node:timers');", time],
  ['export const draw = Math.random();', randomness],
  ['const { random } = Math;', randomness],
  ["export const draw = Math['random']();", randomness],
  ['export const id = crypto.randomUUID();', randomness],
  ["import { randomBytes } from 'node:crypto';", randomness],
  ["import { randomUUID as id } from 'crypto';", randomness],
  ["import secrets from 'node:crypto';\nexport const id = secrets.randomInt(5);", randomness],
  ["import secrets from 'node:crypto';\nexport const id = secrets['randomUUID']();", randomness],
  ["export const order = 'a'.localeCompare('b');", locale],
  ['export const text = (5).toLocaleString();', locale],
  ["export const text = 'I'.toLocaleLowerCase();", locale],
  ['export const format = new Intl.NumberFormat();', locale],
  ...['log', 'log2', 'exp', 'pow', 'sin', 'cos', 'tanh', 'cbrt', 'hypot'].map((name): [string, string] => [
    `export const value = Math.${name}(2);`,
    math,
  ]),
  ["import fs from 'node:fs';", io],
  ["import { readFile } from 'fs/promises';", io],
  ["import net from 'node:net';", io],
  ["import http2 from 'http2';", io],
  ["import { spawn } from 'node:child_process';", io],
  ["export const fs = await import('node:fs');", io],
  ["export const page = await fetch('http://a');", io],
  ["console.log('x');", io],
  ['export const make = () => new AsyncLocalStorage();', storage],
  ['export class Recorder {\n  readonly current = new AsyncLocalStorage();\n}', storage],
];

describe('in the simulator', () => {
  it.each(banned)('%s', async (code, words) => {
    const found = await complaints(code, 'sim/explore/sample.ts');
    expect(found.length, found.join('\n')).toBeGreaterThan(0);
    for (const complaint of found) expect(complaint).toContain(words);
  });

  it.each([
    'export const half = Math.floor(5 / 2) + Math.max(1, 2) * Math.imul(3, 4);',
    'queueMicrotask(() => undefined);',
    'export const current = new AsyncLocalStorage();',
    "export const lower = 'A'.toLowerCase();",
    "export const key: Record<string, number> = { random: 1 };\nexport const draw = key['random'];",
    "import { createHash } from 'node:crypto';\nexport const hash = createHash('sha256');",
    'export interface Deadline {\n  readonly at: Date | number;\n}',
  ])('allows %s', async (code) => {
    expect(await complaints(code, 'sim/explore/sample.ts')).toEqual([]);
  });
});

describe('in a scenario', () => {
  it.each([
    ['setTimeout(() => undefined, 1);', 'In a scenario time belongs to the run'],
    ['export const now = Date.now();', 'In a scenario time belongs to the run'],
    ['export const draw = Math.random();', 'In a scenario chance belongs to the plan'],
    ["import fs from 'node:fs';", 'In a scenario use the context'],
    ["console.log('x');", 'In a scenario use the context'],
    ["export const order = 'a'.localeCompare('b');", locale],
  ])('%s', async (code, words) => {
    const found = await complaints(code, 'scenarios/specimens/sample.ts');
    expect(found.length).toBeGreaterThan(0);
    for (const complaint of found) expect(complaint).toContain(words);
  });
});

describe('where the real world is the job', () => {
  const clockAndFiles = "import fs from 'node:fs';\nexport const found = [fs.existsSync('x'), Date.now()];";

  it.each(['sim/watchdog/sample.ts', 'scenarios/command.ts'])(
    'time and I/O are allowed, randomness is not: %s',
    async (file) => {
      expect(await complaints(clockAndFiles, file)).toEqual([]);
      expect(await complaints('export const draw = Math.random();', file)).toHaveLength(1);
    },
  );

  it.each(['sim/cli/sample.ts', 'sim/report/write.ts'])('only I/O is allowed: %s', async (file) => {
    expect(
      await complaints("import fs from 'node:fs';\nexport const is = fs.existsSync('x');", file),
    ).toEqual([]);
    expect(await complaints('export const draw = Math.random();', file)).toHaveLength(1);
    expect(await complaints('export const now = Date.now();', file)).toHaveLength(1);
  });

  it.each(['sim/backend/real.ts', 'sim/backend/real/sample.ts'])(
    'the real backend may also use random ports, but no locale: %s',
    async (file) => {
      const port = "import { randomInt } from 'node:crypto';\nexport const port = randomInt(5);";
      expect(await complaints(`${clockAndFiles}\n${port}`, file)).toEqual([]);
      expect(await complaints("export const order = 'a'.localeCompare('b');", file)).toHaveLength(1);
    },
  );

  it('the host of the served etcd may use time and randomness, but no files', async () => {
    const file = 'sim/serve/real-host.ts';
    const random = "import { randomInt } from 'node:crypto';";
    expect(await complaints(`${random}\nexport const now = [Date.now(), randomInt(5)];`, file)).toEqual([]);
    expect(await complaints("import fs from 'node:fs';", file)).toHaveLength(1);
    expect(await complaints('export const now = Date.now();', 'sim/serve/serve.ts')).toHaveLength(1);
  });

  it('the patcher of the globals may name them, and read no files', async () => {
    const file = 'sim/engine/ambient/sample.ts';
    expect(await complaints('export const native = [Math.random, Date, setTimeout];', file)).toEqual([]);
    expect(await complaints("import fs from 'node:fs';", file)).toHaveLength(1);
  });

  it.each(['sim/backend/simulated.ts', 'sim/report/html.ts', 'sim/engine/engine.ts', 'sim/etcd/store.ts'])(
    'and nowhere near it: %s',
    async (file) => {
      expect((await complaints(clockAndFiles, file)).length).toBe(2);
    },
  );

  it('recipes and tests are free', async () => {
    expect(await complaints(clockAndFiles, 'src/sample.ts')).toEqual([]);
    expect(await complaints(clockAndFiles, 'test/sample.test.ts')).toEqual([]);
  });
});

describe('exceptions', () => {
  it('that suppress nothing are errors themselves', async () => {
    const code = '// eslint-disable-next-line no-restricted-globals -- no reason left\nexport const one = 1;';
    expect((await complaints(code, 'sim/explore/sample.ts')).join()).toContain(
      'Unused eslint-disable directive',
    );
  });
});

describe('with types', () => {
  const file = 'sim/version.ts';
  const folder = mkdtempSync(path.join(tmpdir(), 'etcd-sim-lint-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  // A program of that file alone: one for all files takes as long as everything else here.
  const project = path.join(folder, 'tsconfig.json');
  const alone = { extends: path.join(root, 'tsconfig.json'), files: [path.join(root, file)], include: [] };
  const typeRoots = [path.join(root, 'node_modules/@types')];
  writeFileSync(project, JSON.stringify({ ...alone, compilerOptions: { rootDir: root, typeRoots } }));
  const typed = new ESLint({
    cwd: root,
    overrideConfig: {
      files: ['**/*.ts'],
      // With CI set, the types would be those of the file on disk, not of the tested code.
      languageOptions: {
        parserOptions: { projectService: false, project, disallowAutomaticSingleRunInference: true },
      },
    } as never,
  });

  it.each([
    ['export function f(): void {\n  Promise.resolve(1);\n}', 'no-floating-promises'],
    ['[1].forEach(async () => {\n  await Promise.resolve();\n});', 'no-misused-promises'],
    ['export async function f(): Promise<void> {\n  await 1;\n}', 'await-thenable'],
    [
      "export function f(x: 'a' | 'b'): void {\n  switch (x) {\n    case 'a':\n  }\n}",
      'switch-exhaustiveness-check',
    ],
    ["import { Plan } from './plan/plan.js';\nexport type P = Plan;", 'consistent-type-imports'],
  ])('%s', async (code, rule) => {
    const found = await complaints(code, file, typed);
    expect(found.map((complaint) => complaint.split(':')[0])).toContain(`@typescript-eslint/${rule}`);
  });
});
