/** Runs a Vitest as a user would, in a process of its own, and reads its results. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

export interface ShownTest {
  readonly title: string;
  readonly status: string;
  readonly failureMessages: readonly string[];
}

export interface VitestRun {
  readonly code: number | null;
  readonly text: string;
  readonly tests: readonly (ShownTest & { readonly file: string })[];
}

/** @param scratch the folder in which it runs, and for its reports */
export function runVitest(
  scratch: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): VitestRun {
  const results = path.join(scratch, `${Math.random().toString(36).slice(2)}.json`);
  const done = spawnSync(
    process.execPath,
    [
      ...[path.join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...args],
      ...['--reporter=default', '--reporter=json', `--outputFile.json=${results}`],
    ],
    { cwd: scratch, encoding: 'utf8', env: { ...process.env, ...env, NO_COLOR: '1' } },
  );
  const { testResults } = JSON.parse(readFileSync(results, 'utf8')) as {
    readonly testResults: readonly {
      readonly name: string;
      readonly assertionResults: readonly ShownTest[];
    }[];
  };
  return {
    code: done.status,
    text: done.stdout + done.stderr,
    tests: testResults.flatMap(({ name, assertionResults }) =>
      assertionResults.map((test) => ({ ...test, file: name })),
    ),
  };
}
