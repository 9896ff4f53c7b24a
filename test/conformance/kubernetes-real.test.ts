/**
 * Kubernetes' API server gives the same answers on the in-memory etcd and on a real one. Its program takes
 * ten minutes to build, so this runs only where the cache has it: `npm run conformance:kubernetes`.
 */
import { describe, expect, it } from 'vitest';
import { compareWithEtcd } from '../../bench/kubernetes/conformance/compare.js';
import { chapters } from '../../bench/kubernetes/conformance/script.js';
import { Place } from '../../bench/kubernetes/place.js';
import { kubernetesTool } from '../../sim/backend/real/tools.js';
import { provideIfCached } from '../real/provide.js';

const tell = (): void => undefined;
const found = await provideIfCached(kubernetesTool);

function describeKubernetes(name: string, body: (program: string) => void): void {
  if (found.kind === 'found') describe(name, () => body(found.path));
  else describe.skip(`${name} (skipped: ${found.message}; npm run conformance:kubernetes)`, () => body(''));
}

describeKubernetes('an API server', (program) => {
  it('answers on sim serve as on etcd', async () => {
    const place = new Place(new AbortController().signal);
    try {
      const { lines, difference } = await compareWithEtcd(place, { program, tell });
      expect(difference).toBeUndefined();
      // The script came to its end, and to the refusals that it is about.
      expect(lines.filter((line) => line.startsWith('chapter: '))).toHaveLength(chapters.length);
      for (const code of [404, 409, 410, 422, 500, 504]) {
        expect(
          lines.some((line) => line.includes(`"code":${code}`)),
          String(code),
        ).toBe(true);
      }
    } finally {
      await place.close();
    }
  });
});
