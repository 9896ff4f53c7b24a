/** Members, alarms, hashes and downgrades: the in-memory etcd against a real one. */
import { expect, it } from 'vitest';
import { administration } from '../../sim/conformance/draw-commands.js';
import { formatDifference } from '../../sim/conformance/format-difference.js';
import { describeReal } from '../real/available.js';
import { COMMANDS_IN_CI, compare } from './harness.js';

describeReal('the in-memory etcd and a real one, in the hands of administrators', () => {
  it('answer alike to drawn commands', async () => {
    const { result, real } = await compare({
      seed: 7,
      commands: COMMANDS_IN_CI,
      sequence: administration,
    });
    expect(result.kind === 'different' ? formatDifference(result, real) : '').toBe('');
  });
});
