/**
 * One node's work on the registers, one operation after the other. Every value is the id of the operation
 * that writes it.
 */
import type { Etcd3 } from 'etcd3';
import { clientWithoutResends } from '../specimens/client-without-resends.js';
import { pause } from '../timing.js';
import type { RegisterContext, RegisterOperation } from './plan.js';

const REQUEST_MAX_MS = 2000;
const AGAIN_AFTER_MS = 250;

export async function workOnRegisters(
  context: RegisterContext,
  operations: readonly RegisterOperation[],
): Promise<void> {
  const { client, options } = context;
  const own = options.variant === 'etcd3' ? client : clientWithoutResends(context);
  const registers = new Registers(own.namespace(context.prefix), options.reads === 'serializable');
  let succeeded = false;
  for (const planned of operations) {
    const { afterMs, ...input } = planned.input;
    await pause(afterMs);
    const expected = planned.name === 'swap' ? { expected: registers.known(input.key) } : {};
    const result = await context.perform({ ...planned, input: { ...input, afterMs, ...expected } }, () => {
      switch (planned.name) {
        case 'read':
          return registers.read(input.key);
        case 'write':
          return registers.write(input.key, planned.id);
        default:
          return registers.swap(input.key, planned.id);
      }
    });
    succeeded ||= result !== undefined;
  }
  // An outage may outlast all of this, and a run without any success proves nothing.
  const last = operations.at(-1);
  for (let attempt = 2; last !== undefined && !succeeded; attempt++) {
    await pause(AGAIN_AFTER_MS);
    const { key } = last.input;
    const again = {
      id: `${last.id}.${attempt}`,
      name: 'read',
      input: { key, afterMs: AGAIN_AFTER_MS },
    } as const;
    succeeded = (await context.perform(again, () => registers.read(key))) !== undefined;
  }
  if (own !== client) own.close();
}

/** The registers as one node sees them. */
class Registers {
  readonly #place: ReturnType<Etcd3['namespace']>;
  readonly #serializable: boolean;
  readonly #known = new Map<string, string | null>();

  constructor(place: ReturnType<Etcd3['namespace']>, serializable: boolean) {
    this.#place = place;
    this.#serializable = serializable;
  }

  /** The node's last known value. */
  known(key: string): string | null {
    return this.#known.get(key) ?? null;
  }

  async read(key: string) {
    const value = await this.#place.get(key).serializable(this.#serializable).options(deadline()).string();
    this.#known.set(key, value);
    return { output: value };
  }

  async write(key: string, value: string) {
    const { header } = await this.#place.put(key).value(value).options(deadline());
    this.#known.set(key, value);
    return { output: null, revision: Number(header.revision) };
  }

  async swap(key: string, value: string) {
    const expected = this.known(key);
    const unchanged =
      expected === null
        ? this.#place.if(key, 'Version', '==', 0)
        : this.#place.if(key, 'Value', '==', expected);
    const { succeeded, header, responses } = await unchanged
      .then(this.#place.put(key).value(value))
      .else(this.#place.get(key))
      .options(deadline())
      .commit();
    const found = succeeded ? expected : (responses[0]?.response_range?.kvs[0]?.value.toString() ?? null);
    this.#known.set(key, succeeded ? value : found);
    return {
      output: { found, swapped: succeeded },
      ...(succeeded ? { revision: Number(header.revision) } : {}),
    };
  }
}

function deadline() {
  // eslint-disable-next-line no-restricted-globals -- the node's own clock: grpc wants a deadline as a time
  return { deadline: Date.now() + REQUEST_MAX_MS };
}
