/** Wrong on purpose: a watch that is reopened at intervals, each time only for new events. */
import { pause } from '../../timing.js';
import type { OpenWatches } from '../../watch/handle.js';
import { openResumedWatches } from '../../watch/recipe.js';

const LASTS_MS = 40;

export const openNaiveWatches: OpenWatches = (context) => {
  const resumed = openResumedWatches(context);
  return {
    async watch(request, { told, resumed: goesOn }) {
      let isOver = false;
      const listener = { told, reached: () => undefined, resumed: goesOn };
      let current = await resumed.watch(request, listener);
      const over = (async () => {
        for (;;) {
          const end = await Promise.race([current.over, pause(LASTS_MS).then(() => undefined)]);
          if (end !== undefined || isOver) return end ?? 'cancelled';
          await current.cancel();
          goesOn();
          current = await resumed.watch({ ...request, startRevision: undefined }, listener);
        }
      })();
      return {
        over,
        async cancel() {
          isOver = true;
          await current.cancel();
        },
      };
    },
    end: () => resumed.end(),
  };
};
