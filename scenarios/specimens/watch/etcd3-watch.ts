/** `watch()` of etcd3, unmodified: it promises to subscribe again, and to replay the missed events. */
import type { OpenWatches } from '../../watch/handle.js';
import { toldOf } from '../../watch/told.js';

export const openEtcd3Watches: OpenWatches = ({ client, prefix }) => {
  const place = client.namespace(prefix);
  return {
    async watch({ target, startRevision, onlyPuts, withPrevious }, listener) {
      const builder = target.isPrefix ? place.watch().prefix(target.key) : place.watch().key(target.key);
      if (startRevision !== undefined) builder.startRevision(String(startRevision));
      if (onlyPuts) builder.only('put');
      if (withPrevious) builder.withPreviousKV();
      // Does what `create()` does. That resolves only when etcd has confirmed the watch, so earlier events
      // would be missed.
      const watcher = builder.watcher();
      let isOver = false;
      watcher.on('data', ({ events }) => {
        // The watcher has already removed the prefix.
        if (!isOver && events.length > 0) {
          listener.told(events.map((event) => toldOf(event, Buffer.alloc(0), withPrevious)));
        }
      });
      const over = new Promise<string>((resolve) => {
        watcher.on('error', (error) => resolve(error.message));
        watcher.on('end', () => resolve('ended'));
      });
      return Promise.resolve({
        over,
        async cancel() {
          isOver = true;
          await Promise.race([watcher.cancel(), over]);
        },
      });
    },
    end: () => undefined,
  };
};
