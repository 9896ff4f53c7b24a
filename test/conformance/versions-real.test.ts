/** The in-memory etcd as 3.4, 3.5 and 3.7, each against the real one of that version; 3.6 has files of its own. */
import { describe, expect, it } from 'vitest';
import { etcdToolOf } from '../../sim/backend/real/tools.js';
import { formatDifference } from '../../sim/conformance/format-difference.js';
import type { EtcdVersion } from '../../sim/etcd/version.js';
import { provide, provideIfInstalled } from '../real/provide.js';
import { COMMANDS_IN_CI, compare } from './harness.js';

const silent = (): void => undefined;

/** 3.4 cannot be built here; it has to be installed. */
const SEEDS: readonly (readonly [EtcdVersion, number])[] = [
  ['3.4', 41],
  ['3.5', 51],
  ['3.7', 71],
];

for (const [version, seed] of SEEDS) {
  const find = version === '3.4' ? provideIfInstalled : provide;
  const found = await find(etcdToolOf(version), silent);
  const isThere = found.kind === 'found';
  describe
    .skipIf(!isThere)
    .concurrent(`as ${version}${isThere ? '' : ` (skipped: ${found.message})`}`, () => {
      it('answers like the real one to drawn commands', async () => {
        const { result, real } = await compare({ seed, commands: COMMANDS_IN_CI, etcdVersion: version });
        expect(result.kind === 'different' ? formatDifference(result, real) : '').toBe('');
      });
    });
}
