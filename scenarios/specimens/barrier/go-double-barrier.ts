/**
 * `recipe.DoubleBarrier` of etcd's Go client (v3.6.14), ported step by step, over a client that sends everything once
 * and a session of ours. Invariant: the port keeps the original's defects; where the original dereferences nil, it throws.
 */
import type { IKeyValue, Namespace } from 'etcd3';
import { Session } from '../../../src/index.js';
import {
  SESSION_TTL_SECONDS,
  type DoubleBarrierHandle,
  type OpenDoubleBarriers,
} from '../../double-barrier/handle.js';
import { clientWithoutResends } from '../client-without-resends.js';
import { goNanoseconds } from '../go-nanoseconds.js';
import { goWaitEvent } from '../go-wait-delete.js';

export const openGoDoubleBarriers: OpenDoubleBarriers = (context) => {
  const client = clientWithoutResends(context);
  const place = client.namespace(context.prefix);
  const nanoseconds = goNanoseconds(context.node);
  return {
    async openSession() {
      const session = await Session.open(place, { ttlSeconds: SESSION_TTL_SECONDS });
      return {
        get alive() {
          return session.alive;
        },
        open: (name, count) => new GoDoubleBarrier(place, session, name, count, nanoseconds),
        close: () => session.close(),
      };
    },
    end: () => client.close(),
  };
};

class GoDoubleBarrier implements DoubleBarrierHandle {
  readonly #client: Namespace;
  readonly #session: Session;
  readonly #name: string;
  readonly #count: number;
  readonly #nanoseconds: () => string;
  #myKey: string | undefined;
  /** The original forgets its key's client after deleting it, and deletes nothing more. */
  #deleted = false;

  constructor(client: Namespace, session: Session, name: string, count: number, nanoseconds: () => string) {
    this.#client = client;
    this.#session = session;
    this.#name = name;
    this.#count = count;
    this.#nanoseconds = nanoseconds;
  }

  /** The original cannot be given up. */
  async enter(signal: AbortSignal, isOver: boolean): Promise<void> {
    const client = this.#client;
    if ((await this.#entered()).length >= this.#count) throw tooManyClients();
    const key = `${this.#name}/waiters/${this.#nanoseconds()}`;
    const reply = await client
      .if(key, 'Version', '==', 0)
      .then(client.put(key).value('').lease(this.#session.leaseId))
      .commit();
    const revision = Number(reply.header.revision);
    this.#myKey = key;
    this.#deleted = false;
    const entered = await this.#entered();
    if (entered.length >= this.#count) {
      const last = Number(entered[this.#count - 1]?.create_revision);
      if (revision > last) {
        await this.#deleteOwn().catch(() => undefined);
        throw tooManyClients();
      }
      if (revision === last) {
        await client.put(`${this.#name}/ready`).value('');
        return;
      }
    }
    await goWaitEvent(client, `${this.#name}/ready`, revision, 'Put', isOver ? signal : undefined);
  }

  async leave(): Promise<void> {
    const client = this.#client;
    for (;;) {
      const { kvs } = await client.getAll().prefix(`${this.#name}/waiters`).exec();
      const byRevision = [...kvs].sort(
        (left, right) => Number(left.mod_revision) - Number(right.mod_revision),
      );
      const [lowest] = byRevision;
      const highest = byRevision.at(-1);
      if (lowest === undefined || highest === undefined) return;
      if (this.#myKey === undefined) throw new TypeError('invalid memory address or nil pointer dereference');
      const isLowest = lowest.key.toString() === this.#myKey;
      if (kvs.length === 1 && isLowest) {
        await client.delete().key(`${this.#name}/ready`);
        await this.#deleteOwn();
        return;
      }
      if (isLowest) {
        await goWaitEvent(client, highest.key.toString(), Number(highest.mod_revision), 'Delete');
        continue;
      }
      await this.#deleteOwn();
      await goWaitEvent(client, lowest.key.toString(), Number(lowest.mod_revision), 'Delete');
    }
  }

  async #entered(): Promise<IKeyValue[]> {
    const reply = await this.#client.getAll().prefix(`${this.#name}/waiters`).sort('Create', 'Ascend').exec();
    return reply.kvs;
  }

  async #deleteOwn(): Promise<void> {
    if (this.#deleted || this.#myKey === undefined) return;
    await this.#client.delete().key(this.#myKey);
    this.#deleted = true;
  }
}

function tooManyClients(): Error {
  return Object.assign(new Error('too many clients'), { definite: true });
}
