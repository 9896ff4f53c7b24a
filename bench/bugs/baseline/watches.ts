/** Watches as a user would test them: whoever watches is told every change from then on, each once and in order. */
import fc from 'fast-check';
import type { ToldEvent } from '../../../sim/check/watch.js';
import type { OpenWatches } from '../../../scenarios/watch/handle.js';
import { pause } from '../../../scenarios/timing.js';
import { assertThat, attempt, type Subject } from './subject.js';

/** A client writes a key, after a pause. */
interface Change {
  readonly client: number;
  readonly afterMs: number;
}

const PAUSE_MAX_MS = 100;
/** So long after the last change all should have been told. */
const TOLD_WITHIN_MS = 1000;

export function watchSubject(open: OpenWatches): Subject<Change> {
  return {
    step: fc.record({ client: fc.nat(2), afterMs: fc.nat(PAUSE_MAX_MS) }, { noNullPrototype: true }),
    open(world) {
      const clients = [0, 1, 2].map((index) => world.context(`client${index}`).client);
      const told: ToldEvent[] = [];
      const request = {
        target: { key: 'watched/', isPrefix: true },
        startRevision: 1,
        onlyPuts: false,
        withPrevious: false,
      };
      const listener = {
        told: (batch: readonly ToldEvent[]) => void told.push(...batch),
        reached: () => undefined,
        resumed: () => undefined,
      };
      const watching = open(world.context('watcher')).watch(request, listener);
      watching.catch(() => undefined);
      const revisions: number[] = [];
      let values = 0;
      return Promise.resolve({
        allows: () => true,
        plan: () => undefined,
        laneOf: ({ client }) => String(client),
        async play({ client, afterMs }) {
          await pause(afterMs);
          await attempt(world, async () => {
            const put = (clients[client] as (typeof clients)[0]).put(`t/watched/${client}`);
            const { header } = await put.value(`value-${++values}`);
            revisions.push(Number(header.revision));
          });
        },
        async finish() {
          if ((await attempt(world, () => watching)) === undefined) return;
          await pause(TOLD_WITHIN_MS);
          const seen = told.map(({ revision }) => revision);
          const missed = revisions.filter((revision) => !seen.includes(revision));
          assertThat(missed.length === 0, `nobody was told of revisions ${missed.join()}`);
          const ordered = seen.every((revision, index) => revision > (seen[index - 1] ?? 0));
          assertThat(ordered, `told of revisions ${seen.join()} in this order`);
        },
      });
    },
  };
}
