/**
 * Toxiproxy, our own or a given one, with one proxy per node and member. Invariant: everything that we create
 * on it has our prefix in its name and is deleted at the end. A toxic has toxicity 1, or 0 once it is over, because
 * Toxiproxy's own randomness knows no seed.
 */
import { createRequire } from 'node:module';
import type * as Client from 'toxiproxy-node-client';
import { EnvironmentError } from '../environment-error.js';
import type { Toxic } from '../../faults/fault.js';
import { ToxicStack, type AddedToxic } from './toxic-stack.js';

/** Far longer than any answer takes; without it a stuck Toxiproxy would hold the run for minutes. */
const ANSWER_MAX_MS = 10_000;

const CLIENT = 'toxiproxy-node-client';

/** An optional peer, loaded when it is needed. @throws EnvironmentError if it is not installed */
function loadClient(): typeof Client {
  const require = createRequire(import.meta.url);
  try {
    return require(CLIENT) as typeof Client;
  } catch (error) {
    throw new EnvironmentError(
      `expected ${CLIENT} in node_modules for the real backend; npm install --save-dev ${CLIENT}`,
      { cause: error },
    );
  }
}

export class ToxiproxyApi {
  readonly url: string;
  readonly #client: Client.Toxiproxy;

  constructor(url: string) {
    this.url = url.replace(/\/+$/, '');
    const { Toxiproxy } = loadClient();
    this.#client = new Toxiproxy(this.url);
  }

  /** Its version, such as `2.12.0`; rejects if there is no answer. */
  async version(): Promise<string> {
    const text = await this.#answer('its version', this.#client.getVersion());
    return /"version"\s*:\s*"v?([^"]*)"/.exec(text)?.[1] ?? text.trim();
  }

  /**
   * Creates a proxy on the first of the ports that Toxiproxy can use; removes that and those before it from
   * the list.
   */
  async createProxy(name: string, upstream: string, host: string, ports: number[]): Promise<LinkProxy> {
    for (;;) {
      const port = ports.shift();
      if (port === undefined)
        throw new EnvironmentError(`Toxiproxy at ${this.url}: no free port for ${name}`);
      const body = { name, upstream, listen: `${host}:${port}`, enabled: true };
      try {
        const proxy = await this.#answer(`a proxy on ${body.listen}`, this.#client.createProxy(body));
        return new LinkProxy(proxy, port, (what, answer) => this.#answer(what, answer));
      } catch (error) {
        // It answers 500 when it cannot listen there.
        if (!(error instanceof EnvironmentError && error.message.endsWith('status code 500'))) throw error;
      }
    }
  }

  async #answer<T>(what: string, answer: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer in ${ANSWER_MAX_MS / 1000} s`)), ANSWER_MAX_MS);
    });
    try {
      return await Promise.race([answer, timeout]);
    } catch (error) {
      // `fetch` gives the reason of a failure only in the cause.
      const reason = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      const message = reason instanceof Error ? reason.message : String(reason);
      throw new EnvironmentError(`Toxiproxy at ${this.url}, asked for ${what}: ${message}`, { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The proxy between one node and one member. */
export class LinkProxy {
  readonly #proxy: Client.Proxy;
  readonly #answer: <T>(what: string, answer: Promise<T>) => Promise<T>;
  readonly #stacks = {
    upstream: new ToxicStack((toxic) => this.#add(toxic)),
    downstream: new ToxicStack((toxic) => this.#add(toxic)),
  };
  #toxics = 0;

  /** The port it listens on. */
  readonly port: number;

  constructor(
    proxy: Client.Proxy,
    port: number,
    answer: <T>(what: string, answer: Promise<T>) => Promise<T>,
  ) {
    this.#proxy = proxy;
    this.port = port;
    this.#answer = answer;
  }

  /** Adds a toxic; the returned function removes it and may be called once. */
  addToxic(toxic: Toxic): Promise<() => Promise<void>> {
    return this.#stacks[toxic.stream].add(toxic);
  }

  async #add(toxic: Toxic): Promise<AddedToxic> {
    const name = `${toxic.type}-${++this.#toxics}`;
    const what = `toxic ${name} on ${this.#proxy.name}`;
    const added = await this.#answer(what, this.#proxy.addToxic({ ...toxic, name, toxicity: 1 }));
    return {
      remove: () => this.#answer(`an end of ${what}`, added.remove()),
      disable: () => this.#answer(`a pause of ${what}`, added.update({ ...toxic, name, toxicity: 0 })),
    };
  }

  /**
   * Cuts every connection and accepts new ones at any time. Toxiproxy closes a connection when its `timeout`
   * toxic is removed. Disabling the proxy and enabling it again would also cut, but clients that reconnect at
   * once would find the port closed and back off. `reset_peer` acts only when data passes.
   */
  async cut(): Promise<void> {
    const remove = await this.addToxic({ type: 'timeout', stream: 'downstream', attributes: { timeout: 0 } });
    await remove();
  }

  async remove(): Promise<void> {
    await this.#answer(`an end of proxy ${this.#proxy.name}`, this.#proxy.remove());
  }
}
