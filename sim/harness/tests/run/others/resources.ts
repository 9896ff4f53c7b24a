/**
 * Things outside of etcd that nodes write to over the network, such as a row of a database that a lock protects.
 * Invariant: a write that has arrived is applied even if its writer has died, and in the order of arrival.
 */
import { checks } from '../../../../check/ready/index.js';
import type { Check } from '../../../../check/check.js';
import { InputError } from '../../../../input/parsed.js';
import { describeValue } from '../../../../input/describe-value.js';
import type { Json } from '../../../../input/json.js';
import type { Endpoints } from './endpoints.js';
import type { Resource, ResourceOptions } from '../../sim.js';

/** The name by which the test's own process is reached. */
const KEEPER = 'observer';

export interface ResourceHost {
  readonly endpoints: Endpoints;
  /** The node whose code is running. */
  asker(): string;
  /** Runs the body as an operation of the node whose code is running. */
  perform<T>(name: string, input: Json, body: () => Promise<T>): Promise<T>;
  addCheck(check: Check): void;
  /** A mistake of the test. @throws InputError */
  refuse(error: InputError): never;
}

interface State {
  value: Json;
  newest: bigint | undefined;
}

export class Resources {
  readonly #host: ResourceHost;
  readonly #names = new Set<string>();

  constructor(host: ResourceHost) {
    this.#host = host;
  }

  /** For the code of the test itself: what it serves, the test's own process serves. */
  create(name: string, { fenced = false, initial = null }: ResourceOptions = {}): Resource {
    const { endpoints, refuse } = this.#host;
    if (this.#names.has(name))
      refuse(new InputError(`resource ${name}: expected names that differ, got this one twice`));
    this.#names.add(name);
    const state: State = { value: initial, newest: undefined };
    const [reading, writing] = [`${name}.read`, `${name}.write`];
    const ready = Promise.all([
      endpoints.serve(KEEPER, this, reading, () => state.value),
      endpoints.serve(KEEPER, this, writing, (message) => write(state, message as unknown as Write, fenced)),
    ]);
    this.#host.addCheck({
      ...checks.fencing({ write: writing, token: ({ input }) => Number((input as { token: string }).token) }),
      name: `fencing of ${name}`,
    });
    return {
      read: async () => {
        await ready;
        return endpoints.call(this.#host.asker(), KEEPER, reading, null);
      },
      write: async (value, token) => {
        const text = this.#tokenOf(name, token);
        await ready;
        return this.#host.perform(writing, { token: text, value }, async () => {
          return (await endpoints.call(this.#host.asker(), KEEPER, writing, { token: text, value })) === true;
        });
      },
    };
  }

  #tokenOf(name: string, token: unknown): string {
    const isPlain = typeof token === 'number' || typeof token === 'bigint' || typeof token === 'string';
    const text = isPlain ? String(token) : '';
    if (/^\d+$/.test(text) && Number.isSafeInteger(Number(text))) return text;
    return this.#host.refuse(
      new InputError(`resource ${name}: expected a whole number as its token, got ${describeValue(token)}`),
    );
  }
}

interface Write {
  readonly token: string;
  readonly value: Json;
}

/** @returns whether it was accepted */
function write(state: State, { token, value }: Write, fenced: boolean): boolean {
  const given = BigInt(token);
  if (fenced && state.newest !== undefined && given < state.newest) return false;
  if (state.newest === undefined || given > state.newest) state.newest = given;
  state.value = value;
  return true;
}
