import { expect, it } from 'vitest';
import { Effort } from '../../src/effort.js';

it('any number of calls may share a signal without a warning of Node.js', async () => {
  const warnings: Error[] = [];
  const keep = (warning: Error): void => void warnings.push(warning);
  process.on('warning', keep);
  const controller = new AbortController();
  const waits = Array.from({ length: 100 }, () => new Effort({}, controller.signal).pause(60_000));
  // Node.js warns on the next turn.
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  controller.abort(new Error('given up'));
  expect(await Promise.allSettled(waits)).toEqual(
    Array.from({ length: 100 }, () => ({ status: 'rejected', reason: controller.signal.reason as Error })),
  );
  process.off('warning', keep);
  expect(warnings).toEqual([]);
});
