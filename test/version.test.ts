import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { VERSION } from '../sim/version.js';

it('the version that runs and reports name is the package’s', () => {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  expect(VERSION).toBe(manifest.version);
});
