/** Members, alarms, hashes and downgrades: the in-memory etcd against a real one. */
import { expect, it } from 'vitest';
import { administration } from '../../sim/conformance/draw-commands.js';
import { formatDifference } from '../../sim/conformance/format-difference.js';
import { describeReal } from '../real/available.js';
import { compare } from './harness.js';

describeReal('the in-memory etcd and a real one, in the hands of administrators', () => {
  it('answer alike in a thousand drawn commands', async () => {
    const { result, real } = await compare({
      seed: Number(process.env['SEED'] ?? 7),
      commands: Number(process.env['N'] ?? 1_000),
      sequence: administration,
    });
    expect(result.kind === 'different' ? formatDifference(result, real) : '').toBe('');
  });
});
