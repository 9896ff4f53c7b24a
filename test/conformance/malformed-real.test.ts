/** Malformed bytes, or a message of another method, with the errors of each version of etcd. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { etcdToolOf } from '../../sim/backend/real/tools.js';
import { rawCommand } from '../../sim/conformance/draw-raw.js';
import { formatDifference } from '../../sim/conformance/format-difference.js';
import { etcdVersions } from '../../sim/etcd/version.js';
import { provide, provideIfInstalled } from '../real/provide.js';
import { COMMANDS_IN_CI, compare } from './harness.js';

const sequence = fc.array(rawCommand(fc.nat(1)), { minLength: 1, maxLength: 40, size: 'max' });

for (const version of etcdVersions) {
  const find = version === '3.4' ? provideIfInstalled : provide;
  const found = await find(etcdToolOf(version), () => undefined);
  const isThere = found.kind === 'found';
  describe
    .skipIf(!isThere)
    .concurrent(`etcd ${version}${isThere ? '' : ` (skipped: ${found.message})`}`, () => {
      it('gets bytes, and answers like the in-memory one', async () => {
        const { result, real } = await compare({
          seed: 8,
          commands: COMMANDS_IN_CI,
          etcdVersion: version,
          sequence,
        });
        expect(result.kind === 'different' ? formatDifference(result, real) : '').toBe('');
      });
    });
}
