/**
 * Makes every small change ("mutant") that Stryker knows in one folder, runs the folder's tests on each, and counts
 * how many changes make a test fail. Works in a copy of the project. Invariant: a change that makes the code run for
 * ever is ended by how often it is reached, a hundred times as often as before; the clock is a last resort.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { LogLevel, MutantResult } from '@stryker-mutator/api/core';
import { Stryker } from '@stryker-mutator/core';
import type { MutatedPart } from './request.js';

const CACHE = '.cache/mutants';
/** A test may take so much longer than without a change; machines are slow at times. */
const TIMEOUT_FACTOR = 2;
const TIMEOUT_MS = 10_000;
const ROUNDS = 1000;

export async function measure(
  { folder, path: place }: MutatedPart,
  incremental: boolean,
): Promise<readonly MutantResult[]> {
  mkdirSync(CACHE, { recursive: true });
  process.env['MUTATED_FOLDER'] = folder.name;
  // Random histories a test judges; so many fewer than otherwise that a change is judged soon.
  process.env['ROUNDS'] ??= String(ROUNDS);
  const file = path.join(CACHE, folder.name.replaceAll('/', '-'));
  const files = /\.ts(:|$)/.test(place) ? place : `${place}/**/*.ts`;
  const stryker = new Stryker({
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    vitest: { configFile: 'bench/mutants/vitest.config.ts', related: false },
    mutate: [files, ...(folder.except ?? []).map((glob) => `!${glob}`)],
    coverageAnalysis: 'perTest',
    concurrency: 1,
    timeoutFactor: TIMEOUT_FACTOR,
    timeoutMS: TIMEOUT_MS,
    // The copy holds what the tests read, and not what is made or kept.
    ignorePatterns: ['/dist', '/docs', '/reports', '/tools'],
    tempDirName: `${CACHE}/sandbox`,
    disableTypeChecks: false,
    incremental,
    incrementalFile: `${file}-incremental.json`,
    reporters: ['json', 'progress-append-only'],
    jsonReporter: { fileName: `${file}.json` },
    logLevel: 'warn' as LogLevel,
    allowConsoleColors: false,
  });
  return stryker.runMutationTest();
}
