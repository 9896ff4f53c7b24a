import { defineConfig } from 'vitest/config';

const json = ['json', { outputFile: 'reports/test-results.json' }] as const;

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/vitest/fixture/**'],
    globalSetup: ['test/real/global-setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 300_000,
    reporters: process.env['CI'] === undefined ? ['default'] : ['default', [...json]],
  },
});
