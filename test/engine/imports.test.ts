/** `import()` in a node: a module that is loaded comes at once, and another one is refused by its own name. */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { Engine, type EngineEnd } from '../../sim/engine/engine.js';
import { EscapeError } from '../../sim/engine/escape-error.js';

const BUDGET = { maxEvents: 10_000, maxVirtualTimeMs: 600_000 };
const require = createRequire(import.meta.url);
const importNatively = require('./lazy/importer.cjs') as (specifier: string) => Promise<unknown>;
const pathOf = (name: string) => fileURLToPath(new URL(`lazy/${name}`, import.meta.url));

function run(main: () => Promise<unknown>): Promise<EngineEnd<unknown>> {
  const engine = new Engine({ seed: 'test', budget: BUDGET });
  return engine.run(engine.node('n1'), main);
}

async function escapeOf(main: () => Promise<unknown>): Promise<EscapeError> {
  const end = await run(main);
  if (end.kind !== 'failed' || !(end.error instanceof EscapeError)) throw new Error(`it ended ${end.kind}`);
  return end.error;
}

it('an import by Node.js itself is refused with its line', async () => {
  const { node, called, where, message } = await escapeOf(() => importNatively('./never-loaded.mjs'));
  expect([node, called]).toEqual(['n1', `import('${pathOf('never-loaded.mjs')}')`]);
  expect(where).toMatch(/test\/engine\/lazy\/importer\.cjs:2:\d+$/);
  expect(message).toContain('import it at the top of the file');
});

it('an import by Vitest is refused with its file', async () => {
  const file = './lazy/never-loaded.mjs';
  const { called, where } = await escapeOf(() => import(/* @vite-ignore */ file));
  expect(called).toMatch(/^import\('.*lazy\/never-loaded\.mjs'\)$/);
  expect(where).toBe(fileURLToPath(import.meta.url));
});

it('an import of a loaded or a built-in module gives the module', async () => {
  const specifiers = ['./loaded.mjs', 'node:url', 'fast-check'];
  for (const specifier of specifiers) await importNatively(specifier);
  const end = await run(() => Promise.all(specifiers.map(importNatively)));
  expect(end).toMatchObject({ kind: 'completed', value: [{ name: 'loaded' }, {}, {}] });
});
