/**
 * The commit records of one handle: keys that tell whether a commit applied when its reply is lost, and that make late
 * duplicates of a commit harmless. Every write of a record compares the record's modification revision with the last
 * known one. A record's writes therefore form a chain: a commit sent before a link was added can never apply after it.
 * Invariant: a record is lent to one run at a time, and only while no commit sent under its present revision can still
 * apply.
 */
import type { Namespace, PutBuilder } from 'etcd3';
import type { Deadline, Effort } from '../effort.js';
import { IndefiniteError } from '../errors.js';

/** One record. */
export interface CommitRecord {
  readonly key: string;
  /** Revision of the last known link of its chain; 0 before the first. */
  revision: number;
  /** False if a commit may have been sent under `revision`, or the record does not exist yet. */
  settled: boolean;
}

/** The link that settled a record: the id in it, and its revision. */
export interface Link {
  readonly id: string;
  readonly revision: number;
}

export class CommitRecords {
  readonly #client: Namespace;
  /** Prefix of this handle's records; no other handle writes there. */
  readonly #prefix: string;
  readonly #lease: string | undefined;
  readonly #idle: CommitRecord[] = [];
  #records = 0;
  #ids = 0;

  /** @param lease id of the records' lease, in decimal; without one they stay until they are deleted */
  constructor(client: Namespace, prefix: string, lease?: string) {
    this.#client = client;
    this.#prefix = `${prefix}${crypto.randomUUID()}/`;
    this.#lease = lease;
  }

  /** Puts an id into a record, as part of the transaction whose fate the record tells. */
  link(record: CommitRecord, id: string): PutBuilder {
    const put = this.#client.put(record.key).value(id);
    return this.#lease === undefined ? put : put.lease(this.#lease);
  }

  /** An id that no link of this handle has. */
  newId(): string {
    this.#ids += 1;
    return String(this.#ids);
  }

  /** Lends a settled record. Settles an unsettled one if there is any, else makes one if none is idle. */
  async borrow(effort: Effort): Promise<CommitRecord> {
    for (;;) {
      const record = this.#takeIdle() ?? this.#make();
      if (record.settled) return record;
      try {
        if ((await this.settle(record, effort)) !== undefined) return record;
      } catch (error) {
        this.#idle.push(record);
        throw error;
      }
      // Another client deleted the record. No call needs it any more, so a new one takes its place.
    }
  }

  /** Unsettled ones come first: a call that undoes such a commit, as by giving up a place, must make it harmless. */
  #takeIdle(): CommitRecord | undefined {
    const unsettled = this.#idle.findLastIndex(({ settled }) => !settled);
    return unsettled === -1 ? this.#idle.pop() : this.#idle.splice(unsettled, 1)[0];
  }

  giveBack(record: CommitRecord): void {
    this.#idle.push(record);
  }

  /**
   * Adds a link to the record's chain, unless the chain has a link already that we do not know. Either way the record is
   * settled. Resolves to that link, or to undefined if the record is gone. Tries again as the effort allows.
   */
  async settle(record: CommitRecord, effort: Effort): Promise<Link | undefined> {
    const link = await effort.repeat((options) => this.#addLink(record, options));
    // Not in #addLink: an answer that comes after its effort ended must not touch a record that is in use again.
    if (link !== undefined) {
      record.revision = link.revision;
      record.settled = true;
    }
    return link;
  }

  /** Deletes all records of the handle; commits that are still under way can no longer apply. */
  async deleteAll(effort: Effort): Promise<void> {
    // A handle that wrote nothing needs no request.
    if (this.#records === 0) return;
    await effort.repeat((options) => this.#client.delete().prefix(this.#prefix).options(options).exec());
  }

  #make(): CommitRecord {
    this.#records += 1;
    return { key: `${this.#prefix}${this.#records}`, revision: 0, settled: false };
  }

  async #addLink(record: CommitRecord, options: Deadline): Promise<Link | undefined> {
    const id = this.newId();
    const reply = await this.#client
      .if(record.key, 'Mod', '==', record.revision)
      .then(this.link(record, id))
      .else(this.#client.get(record.key))
      .options(options)
      .commit();
    if (reply.succeeded) return { id, revision: Number(reply.header.revision) };
    const found = reply.responses[0]?.response_range.kvs[0];
    if (found === undefined) return undefined;
    return { id: found.value.toString(), revision: Number(found.mod_revision) };
  }
}

/** The error of a commit whose record vanished, so its fate is unknown. */
export function recordLost(record: CommitRecord, cause?: unknown): IndefiniteError {
  return new IndefiniteError(
    `the commit record ${record.key} was deleted during the transaction, which may have been applied`,
    { cause },
  );
}
