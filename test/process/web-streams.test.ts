/** Web streams in a node, in a process that has used none before: the first run is as every other. */
import { afterAll, expect, it } from 'vitest';
import { configWith, SimFolders } from './sim-command.js';

const folders = new SimFolders();
afterAll(() => folders.remove());

it.each([
  'for await (const part of new ReadableStream({ start(one) { one.enqueue(1); one.close(); } })) void part;',
  'new WritableStream({}).getWriter().releaseLock();',
  'await new ReadableStream({ start(one) { one.enqueue(1); one.close(); } }).pipeTo(new WritableStream({}));',
])('%s', async (node) => {
  const config = configWith({ node, check: 'return { verdict: "satisfied" };' });
  const words = ['--scenario', 's', '--faults', 'none', '--no-report', '--check-determinism'];
  const { code, stderr } = await folders.start(config, ...words).ended;
  expect(stderr).toBe('');
  expect(code).toBe(0);
});
