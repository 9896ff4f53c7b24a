/**
 * One execution of a transaction's function: its read set and its write set. Invariant: the read set holds exactly the
 * values that the function can have seen. Under a snapshot level all of them are of one revision.
 */
import type { IKeyValue, Namespace } from 'etcd3';
import type { Effort } from '../effort.js';
import { DefiniteError, isCompacted, isFutureRevision, messageOf } from '../errors.js';
import type { IsolationRules } from './isolation.js';
import type { PutOptions, Transaction } from './transaction.js';

/** A key as it was read; its modification revision is 0 if it did not exist. */
export interface Read {
  readonly value: Buffer | null;
  readonly modRevision: number;
}

/** A write to be committed; value null for a deletion. */
export interface Write {
  readonly value: Buffer | null;
  readonly options: PutOptions;
}

/** Keys as they were at one revision. */
export interface Snapshot {
  readonly revision: number;
  readonly reads: ReadonlyMap<string, Read>;
}

export class Attempt implements Transaction {
  readonly reads = new Map<string, Read>();
  readonly writes = new Map<string, Write>();
  readonly #client: Namespace;
  readonly #effort: Effort;
  readonly #rules: IsolationRules;
  readonly #carried: Snapshot | undefined;
  readonly #known = new Map<string, Promise<Read>>();
  #firstRead: Promise<Read[]> | undefined;
  #revision = 0;
  #failure: DefiniteError | undefined;
  #compacted = false;
  #open = true;

  /** @param carried reads of the last conflict; the attempt starts from them instead of reading again */
  constructor(client: Namespace, effort: Effort, rules: IsolationRules, carried: Snapshot | undefined) {
    this.#client = client;
    this.#effort = effort;
    this.#rules = rules;
    this.#carried = carried;
    if (carried !== undefined) this.#revision = carried.revision;
  }

  /** The snapshot's revision, or the latest revision of any read; 0 before the first read. */
  get revision(): number {
    return this.#revision;
  }

  /** A read that failed: the execution is void, even if its function went on. */
  get failure(): DefiniteError | undefined {
    return this.#failure;
  }

  /** Whether it failed because its snapshot was compacted: a new execution has a new one. */
  get compacted(): boolean {
    return this.#compacted;
  }

  /** Ends it: from now on it refuses reads and writes. */
  close(): void {
    this.#open = false;
  }

  get(key: string): Promise<string | null>;
  get(keys: readonly string[]): Promise<(string | null)[]>;
  async get(keys: string | readonly string[]): Promise<string | null | (string | null)[]> {
    if (typeof keys === 'string') return textOf((await this.#values([keys]))[0] ?? null);
    return (await this.#values(keys)).map(textOf);
  }

  getBuffer(key: string): Promise<Buffer | null>;
  getBuffer(keys: readonly string[]): Promise<(Buffer | null)[]>;
  async getBuffer(keys: string | readonly string[]): Promise<Buffer | null | (Buffer | null)[]> {
    if (typeof keys === 'string') return copyOf((await this.#values([keys]))[0] ?? null);
    return (await this.#values(keys)).map(copyOf);
  }

  async rev(key: string): Promise<number> {
    const [read] = await this.read([key]);
    return read?.modRevision ?? 0;
  }

  put(key: string, value: string | Buffer, options: PutOptions = {}): void {
    this.#assertOpen();
    this.writes.set(key, { value: Buffer.from(value), options });
  }

  del(key: string): void {
    this.#assertOpen();
    this.writes.set(key, { value: null, options: {} });
  }

  /** Reads keys into the read set; one request fetches all that are missing. */
  async read(keys: readonly string[]): Promise<Read[]> {
    this.#assertOpen();
    const unknown = [...new Set(keys)].filter((key) => !this.#known.has(key));
    const toFetch: string[] = [];
    for (const key of unknown) {
      const carried = this.#carried?.reads.get(key);
      if (carried === undefined) toFetch.push(key);
      else this.#known.set(key, Promise.resolve(carried));
    }
    if (toFetch.length > 0) {
      const fetched = this.#fetch(toFetch);
      toFetch.forEach((key, index) =>
        this.#known.set(
          key,
          fetched.then((reads) => reads[index] ?? MISSING),
        ),
      );
    }
    const reads = await Promise.all(keys.map((key) => this.#known.get(key) ?? Promise.resolve(MISSING)));
    if (this.#open) keys.forEach((key, index) => this.reads.set(key, reads[index] ?? MISSING));
    return reads;
  }

  async #values(keys: readonly string[]): Promise<(Buffer | null)[]> {
    this.#assertOpen();
    const own = new Map(keys.map((key) => [key, this.writes.get(key)]));
    const toRead = keys.filter((key) => own.get(key) === undefined);
    const reads = new Map((await this.read(toRead)).map((read, index) => [toRead[index], read]));
    return keys.map((key) => (own.get(key) ?? reads.get(key) ?? MISSING).value);
  }

  async #fetch(keys: readonly string[]): Promise<Read[]> {
    try {
      if (!this.#rules.snapshot) return await this.#request(keys, { serializable: true });
      if (this.#carried === undefined && this.#firstRead === undefined) {
        this.#firstRead = this.#request(keys, {});
        return await this.#firstRead;
      }
      await this.#firstRead;
      return await this.#fetchAtSnapshot(keys);
    } catch (error) {
      this.#effort.throwIfAborted();
      this.#compacted ||= isCompacted(error);
      this.#failure ??= new DefiniteError(`cannot read ${keys.join(', ')}: ${messageOf(error)}`, {
        cause: error,
      });
      throw this.#failure;
    }
  }

  async #fetchAtSnapshot(keys: readonly string[]): Promise<Read[]> {
    const revision = this.#revision;
    try {
      return await this.#request(keys, { revision, serializable: true });
    } catch (error) {
      // The member lags behind the snapshot: a linearizable read waits for it.
      if (!isFutureRevision(error)) throw error;
      return this.#request(keys, { revision });
    }
  }

  async #request(
    keys: readonly string[],
    { revision, serializable = false }: { readonly revision?: number; readonly serializable?: boolean },
  ): Promise<Read[]> {
    const range = (key: string) => {
      const builder = this.#client.get(key).serializable(serializable);
      return revision === undefined ? builder : builder.revision(revision);
    };
    const [first, ...others] = keys;
    if (first === undefined) return [];
    if (others.length === 0) {
      const reply = await this.#effort.repeat((options) => range(first).options(options).exec());
      this.#sawRevision(Number(reply.header.revision), revision);
      return [readOf(reply.kvs)];
    }
    const reply = await this.#effort.repeat((options) =>
      this.#client
        // A transaction of etcd3 needs a comparison; this one always holds.
        .if(first, 'Version', '>', -1)
        .then(...keys.map(range))
        .options(options)
        .commit(),
    );
    this.#sawRevision(Number(reply.header.revision), revision);
    return reply.responses.map((response) => readOf(response.response_range.kvs));
  }

  #sawRevision(current: number, asked: number | undefined): void {
    if (asked === undefined) this.#revision = Math.max(this.#revision, current);
  }

  #assertOpen(): void {
    if (this.#open) return;
    throw new DefiniteError('the transaction has ended: read and write before its function returns');
  }
}

const MISSING: Read = { value: null, modRevision: 0 };

/** A key as etcd reported it. */
export function readOf(keyValues: readonly IKeyValue[]): Read {
  const [found] = keyValues;
  return found === undefined ? MISSING : { value: found.value, modRevision: Number(found.mod_revision) };
}

function textOf(value: Buffer | null): string | null {
  return value === null ? null : value.toString();
}

/** A copy, so a function that changes the bytes does not change its next read. */
function copyOf(value: Buffer | null): Buffer | null {
  return value === null ? null : Buffer.from(value);
}
