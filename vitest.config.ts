/**
 * Two projects. `unit` starts at once and needs only Node.js and the build. `real` has the files whose names
 * end in `real.test.ts`, which need etcd, Toxiproxy, a Go program, Chromium or another Node.js. Go builds
 * their programs while the unit tests run.
 */
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { Interleaved } from './test/interleaved.js';

const REAL = 'test/**/*real.test.ts';

/** Run by tests, in a Vitest of their own. */
const FIXTURES = 'test/vitest/fixture/**';

/**
 * Unit tests that need a process of their own. They use a linter's type checker, full stacks, or the library
 * as a user imports it, which replaces ambient functions for good.
 */
const ALONE = [
  'test/architecture/lint-bans.test.ts',
  'test/check/run-checks.test.ts',
  'test/docs/checks-page.test.ts',
];

/** Ends a test that hangs, but none that is slow: tests limit work instead of time. */
const HANG_MS = 600_000;

/**
 * Vitest leaves one processor free, which is half of a machine with two. There are always tests that wait for other
 * processes instead of computing.
 */
const maxWorkers = availableParallelism() + 2;

const common = { testTimeout: HANG_MS, hookTimeout: HANG_MS, teardownTimeout: HANG_MS, maxWorkers };

const slowest = './test/slowest-files.ts';
const json = ['json', { outputFile: 'reports/test-results.json' }] as const;

export default defineConfig({
  test: {
    reporters: process.env['CI'] === undefined ? ['default', slowest] : ['default', slowest, [...json]],
    teardownTimeout: HANG_MS,
    sequence: { sequencer: Interleaved },
    projects: [
      {
        test: {
          ...common,
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [REAL, FIXTURES, ...ALONE],
          // A third of the time of these files is loading the same modules; no file may leave anything behind
          // in them.
          isolate: false,
          setupFiles: ['test/leaves-nothing.ts'],
          // Nothing can be found or built there: a file that needs a real program belongs to the other
          // project.
          env: { SIM_CACHE_DIR: '/dev/null' },
        },
      },
      {
        test: {
          ...common,
          name: 'alone',
          include: ALONE,
          env: { SIM_CACHE_DIR: '/dev/null' },
        },
      },
      {
        test: {
          ...common,
          name: 'real',
          include: [REAL],
          globalSetup: ['test/real/global-setup.ts'],
        },
      },
    ],
  },
});
