/**
 * Two projects. `unit` starts at once and needs nothing but Node.js and the build. `real` are the files whose names end
 * in `real.test.ts`: those that need etcd, Toxiproxy, a Go program, Chromium or another Node.js. What Go has to build
 * for them is built while the unit tests run.
 */
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { UnitFirst } from './test/unit-first.js';

const REAL = 'test/**/*real.test.ts';

/** Run by tests, in a Vitest of their own. */
const FIXTURES = 'test/vitest/fixture/**';

/**
 * Unit tests that need a process of their own: the type checker of a linter, stacks that nobody has cut short, and the
 * library as a user imports it, which replaces ambient functions for good.
 */
const ALONE = [
  'test/architecture/lint-bans.test.ts',
  'test/check/run-checks.test.ts',
  'test/docs/checks-page.test.ts',
];

/** Ends a test that hangs, and none that is slow: what has to be bounded in a test is bounded by work. */
const HANG_MS = 600_000;

/**
 * Vitest leaves one processor free, which of two is half of the machine; and there is always a test that waits for
 * another process instead of computing.
 */
const maxWorkers = availableParallelism() + 1;

const common = { testTimeout: HANG_MS, hookTimeout: HANG_MS, teardownTimeout: HANG_MS, maxWorkers };

const slowest = './test/slowest-files.ts';
const json = ['json', { outputFile: 'reports/test-results.json' }] as const;

export default defineConfig({
  test: {
    reporters: process.env['CI'] === undefined ? ['default', slowest] : ['default', slowest, [...json]],
    teardownTimeout: HANG_MS,
    sequence: { sequencer: UnitFirst },
    projects: [
      {
        test: {
          ...common,
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [REAL, FIXTURES, ...ALONE],
          // A third of what these files take is to load the same modules; none may leave anything behind in them.
          isolate: false,
          setupFiles: ['test/leaves-nothing.ts'],
          // Nothing can be found or built there: a file that asks for a real program belongs to the other project.
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
