/**
 * Queues as a user would test them, against a plain array of what was put in: nothing comes out that was not put in, or
 * twice, and nothing overtakes what was there before.
 */
import fc from 'fast-check';
import type { OpenQueues } from '../../../scenarios/queue/handle.js';
import { assertThat, attempt, Violation, type Subject } from './subject.js';

interface Step {
  readonly does: 'enqueue' | 'dequeue';
  readonly client: number;
  readonly queue: string;
  readonly priority: number;
}

interface Item {
  readonly queue: string;
  readonly value: string;
  readonly priority: number;
  /** Moments in a count of the test's own. */
  readonly begun: number;
  ended: number;
  taken: boolean;
}

export interface QueueFamily {
  readonly open: OpenQueues;
  readonly hasPriorities: boolean;
  /** Which queues there are. */
  readonly names: readonly string[];
}

export function queueSubject({ open, hasPriorities, names }: QueueFamily): Subject<Step> {
  return {
    step: fc.record(
      {
        does: fc.constantFrom('enqueue' as const, 'dequeue' as const),
        client: fc.nat(1),
        queue: fc.constantFrom(...names),
        priority: hasPriorities ? fc.nat(2) : fc.constant(0),
      },
      { noNullPrototype: true },
    ),
    open(world) {
      const calm = world.calmClient();
      const makers = new Map(
        ['enqueue0', 'enqueue1', 'dequeue0', 'dequeue1'].map((who, index) => {
          // Go's keys have the number in the node's name.
          const maker = open(world.context(`c${index + 1}`));
          return [who, new Map(names.map((name) => [name, maker.open(name)]))] as const;
        }),
      );
      const items: Item[] = [];
      const planned = new Map(names.map((name) => [name, 0]));
      /** Dequeues that are under way, or whose reply was lost: each may have an item that nobody knows of. */
      const unresolved = new Map(names.map((name) => [name, 0]));
      const never = new AbortController().signal;
      let moment = 0;

      const add = (counts: Map<string, number>, queue: string, by: number): void => {
        counts.set(queue, (counts.get(queue) ?? 0) + by);
      };

      function check(item: Item, dequeueBegun: number): void {
        const earlier = items.filter(
          (other) =>
            other !== item &&
            other.queue === item.queue &&
            !other.taken &&
            (other.priority === item.priority
              ? other.ended < item.begun
              : other.priority < item.priority && other.ended < dequeueBegun),
        );
        const mayHave = unresolved.get(item.queue) ?? 0;
        assertThat(earlier.length <= mayHave, `${item.value} has overtaken ${earlier[0]?.value}`);
      }

      return Promise.resolve({
        allows: ({ does, queue }) => does === 'enqueue' || (planned.get(queue) ?? 0) > 0,
        plan: ({ does, queue }) => add(planned, queue, does === 'enqueue' ? 1 : -1),
        laneOf: ({ does, client }) => `${does}${client}`,
        async play({ does, client, queue, priority }) {
          const handle = makers.get(`${does}${client}`)?.get(queue);
          if (handle === undefined) throw new Error('a queue that is not open');
          const begun = ++moment;
          if (does === 'enqueue') {
            const value = `item-${begun}`;
            const item: Item = { queue, value, priority, begun, ended: Infinity, taken: false };
            items.push(item);
            await attempt(world, async () => {
              await handle.enqueue(value, priority, never);
              item.ended = ++moment;
            });
            return;
          }
          add(unresolved, queue, 1);
          const got = await attempt(world, () => handle.dequeue(never));
          if (got === undefined) return;
          const item = items.find((one) => one.queue === queue && one.value === got.value);
          if (item === undefined) throw new Violation(`${queue} gave ${got.value}, which it had not got`);
          assertThat(!item.taken, `${item.value} was given twice`);
          item.taken = true;
          add(unresolved, queue, -1);
          check(item, begun);
        },
        async finish() {
          const left = new Set(Object.values(await calm.getAll().prefix('t/').strings()));
          for (const name of names) {
            const lost = items.filter(
              ({ queue, value, ended, taken }) =>
                queue === name && ended !== Infinity && !taken && !left.has(value),
            );
            assertThat(lost.length <= (unresolved.get(name) ?? 0), `${lost[0]?.value} is lost`);
          }
        },
      });
    },
  };
}
