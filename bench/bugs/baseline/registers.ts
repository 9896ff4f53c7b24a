/**
 * A key that several clients read and write, as a user would test it: nobody reads what had been replaced before, and
 * the key's version says how often it was written.
 */
import type { Etcd3 } from 'etcd3';
import fc from 'fast-check';
import type { NodeContext } from '../../../sim/scenario/scenario.js';
import { assertThat, attempt, type Subject } from './subject.js';

interface Access {
  readonly client: number;
  readonly does: 'read' | 'write';
}

/** When it began and ended, as far as it did, in a count of its own. */
interface Write {
  readonly begun: number;
  ended: number;
}

export function registerSubject(
  clientOf: (context: NodeContext) => Etcd3,
  serializable: boolean,
): Subject<Access> {
  return {
    step: fc.record(
      { client: fc.nat(2), does: fc.constantFrom('read' as const, 'write' as const) },
      { noNullPrototype: true },
    ),
    open(world) {
      const calm = world.calmClient();
      const clients = [0, 1, 2].map((index) => clientOf(world.context(`client${index}`)));
      const writes = new Map<string, Write>();
      let moment = 0;
      return Promise.resolve({
        allows: () => true,
        plan: () => undefined,
        laneOf: ({ client }) => String(client),
        async play({ client: index, does }) {
          const client = clients[index] as Etcd3;
          const begun = ++moment;
          if (does === 'write') {
            const write: Write = { begun, ended: Infinity };
            const value = `write-${begun}`;
            writes.set(value, write);
            await attempt(world, async () => {
              await client.put('t/key').value(value);
              write.ended = ++moment;
            });
            return;
          }
          await attempt(world, async () => {
            const value = await client.get('t/key').serializable(serializable).string();
            const read = value === null ? undefined : writes.get(value);
            const newer = [...writes.values()].some(
              (write) => write.begun > (read?.ended ?? 0) && write.ended < begun,
            );
            assertThat(!newer, `read ${value}, which had been replaced`);
          });
        },
        async finish() {
          const kv = (await calm.get('t/key').exec()).kvs[0];
          const written = [...writes.values()];
          if (written.some(({ ended }) => ended === Infinity)) return;
          assertThat(Number(kv?.version ?? 0) === written.length, `written ${kv?.version} times`);
        },
      });
    },
  };
}
