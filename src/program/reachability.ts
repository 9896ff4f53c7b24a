/**
 * Says early and clearly that etcd cannot be reached, and when it can be again. The recipes keep trying silently: this
 * asks beside them, at the start and for as long as a command is under way. Invariant: each change is reported once.
 */
import type { Namespace } from 'etcd3';
import { isTransient, messageOf } from '../errors.js';
import { printable } from './printable.js';

/** An etcd that takes longer to answer counts as out of reach. */
const ANSWER_MAX_MS = 2000;
const INTERVAL_MS = 2000;

export class Reachability {
  readonly #client: Namespace;
  readonly #addresses: readonly string[];
  readonly #tell: (line: string) => void;
  #reachable = true;
  #asking = false;
  #busy = 0;
  #closed = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(client: Namespace, addresses: readonly string[], tell: (line: string) => void) {
    this.#client = client;
    this.#addresses = addresses;
    this.#tell = tell;
  }

  /** Asks now, and again while a command is under way or no answer has come. */
  watch(): void {
    if (this.#asking || this.#closed) return;
    clearTimeout(this.#timer);
    void this.#ask();
  }

  /** Watches while the promise is open. */
  async during<T>(promise: Promise<T>): Promise<T> {
    this.#busy += 1;
    if (this.#timer === undefined && !this.#asking) this.#again();
    try {
      return await promise;
    } finally {
      this.#busy -= 1;
    }
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  async #ask(): Promise<void> {
    this.#asking = true;
    const failure = await this.#probe();
    this.#asking = false;
    this.#timer = undefined;
    if (this.#closed) return;
    if (failure !== undefined && this.#reachable) {
      this.#tell(`cannot reach etcd at ${this.#addresses.join(',')}: ${failure}; trying again`);
    } else if (failure === undefined && !this.#reachable) {
      this.#tell('etcd answers again');
    }
    this.#reachable = failure === undefined;
    if (this.#busy > 0 || !this.#reachable) this.#again();
  }

  #again(): void {
    this.#timer = setTimeout(() => this.watch(), INTERVAL_MS);
  }

  /** Why etcd does not answer; undefined if it answers, even with an error. */
  async #probe(): Promise<string | undefined> {
    try {
      // A linearizable read: a member that has lost its leader does not count as an answer.
      await this.#client.get('recipe').options({ deadline: Date.now() + ANSWER_MAX_MS });
      return undefined;
    } catch (error) {
      return isTransient(error) ? reasonOf(error) : undefined;
    }
  }
}

/** Without the words that gRPC wraps around it. */
function reasonOf(error: unknown): string {
  const text = messageOf(error);
  if (text.includes('DEADLINE_EXCEEDED') || text.includes('Deadline exceeded')) {
    return `no answer within ${ANSWER_MAX_MS / 1000} s`;
  }
  const reason = text
    .replace(/^\d+ [A-Z_]+: /, '')
    .replace(/^.*Last error: (Error: )?/s, '')
    .replace(/\. Resolution note:.*$/s, '');
  return printable(reason);
}
