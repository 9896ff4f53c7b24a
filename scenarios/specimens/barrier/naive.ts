/**
 * Wrong on purpose: checks whether the barrier is held, and then watches from now on, so it misses a release
 * in between.
 */
import type { OpenBarriers } from '../../barrier/handle.js';

export const openNaiveBarriers: OpenBarriers = ({ client, prefix }) => {
  const place = client.namespace(prefix);
  return {
    open: (name) => ({
      async hold() {
        const { header } = await place.put(name).value('').exec();
        return { revision: Number(header.revision) };
      },
      async release() {
        await place.delete().key(name).exec();
        return {};
      },
      async wait() {
        if ((await place.get(name)) === null) return;
        const watcher = await place.watch().key(name).only('delete').create();
        try {
          await new Promise<void>((resolve) => watcher.on('delete', () => resolve()));
        } finally {
          await watcher.cancel();
        }
      },
      close: () => Promise.resolve(),
    }),
    end: () => undefined,
  };
};
