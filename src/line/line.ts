/**
 * Waiting in a line for the places ahead. Each waits for the nearest one ahead only, so one that leaves wakes one.
 * Invariant: a turn has come only if one read showed the own place and none ahead of it.
 */
import type { IKeyValue, IRangeRequest, IRangeResponse, Namespace } from 'etcd3';
import { Changes } from '../changes.js';
import type { Effort } from '../effort.js';
import { DefiniteError, messageOf, SessionLostError } from '../errors.js';
import type { Place } from './place.js';

/** Which keys stand in a line. */
export interface LineOf {
  /** Their keys begin with this name and a slash. */
  readonly name: string;
  /** Matches the rest of the key: only keys of exactly this shape count. */
  readonly shape: RegExp;
}

/** What one read shows of a place. */
interface Standing {
  readonly revision: number;
  /** Key of the nearest place ahead. */
  readonly ahead: string | undefined;
}

const PAGE_KEYS = 64;
/** The character after the slash. */
const BEHIND_SLASH = '0';

export class Line {
  readonly #client: Namespace;
  readonly #line: LineOf;
  readonly #prefix: Buffer;

  constructor(client: Namespace, line: LineOf) {
    this.#client = client;
    this.#line = line;
    this.#prefix = this.#bytes(`${line.name}/`);
  }

  /**
   * Waits until no place is ahead; resolves to the revision of the read that showed it. Rejects with a
   * {@link SessionLostError} if the place is gone, a `DefiniteError` if etcd cannot be asked, or the reason of the
   * effort's signal.
   */
  async turnOf(place: Place, effort: Effort): Promise<number> {
    const changes = new Changes(this.#client, effort);
    for (;;) {
      const { ahead, revision } = await this.#look(place, effort);
      if (ahead === undefined) return revision;
      await changes.next({ key: ahead, afterRevision: revision, only: 'delete' });
    }
  }

  /** The revision of a read that shows no place ahead now, else undefined. Rejects as {@link turnOf} does. */
  async turnNow(place: Place, effort: Effort): Promise<number | undefined> {
    const { ahead, revision } = await this.#look(place, effort);
    return ahead === undefined ? revision : undefined;
  }

  /** Reads the own place and the nearest one ahead, both at one revision. */
  async #look(place: Place, effort: Effort): Promise<Standing> {
    let before = place.revision;
    let revision = 0;
    for (;;) {
      const [own, others, header] = await this.#read(place.key, before, effort);
      if (Number(own.kvs[0]?.create_revision) !== place.revision) {
        throw new SessionLostError(
          `the key ${place.key} is gone: its lease ended or another client deleted it`,
        );
      }
      revision ||= header;
      const ahead = others.kvs
        .map((other) => this.#tailOf(other))
        .find((tail) => this.#line.shape.test(tail));
      if (ahead !== undefined) return { revision, ahead: `${this.#line.name}/${ahead}` };
      if (!others.more) return { revision, ahead: undefined };
      // Strangers' keys fill the page. Two keys may have one create revision, so the next page begins with it again
      // unless the page was of this one revision only.
      const lowest = Number(others.kvs.at(-1)?.create_revision);
      before = lowest + 1 === before ? lowest : lowest + 1;
    }
  }

  async #read(
    own: string,
    before: number,
    effort: Effort,
  ): Promise<[own: IRangeResponse, others: IRangeResponse, revision: number]> {
    const others: IRangeRequest = {
      key: this.#prefix,
      range_end: this.#bytes(this.#line.name + BEHIND_SLASH),
      max_create_revision: before - 1,
      sort_target: 'Create',
      sort_order: 'Descend',
      limit: PAGE_KEYS,
      keys_only: true,
    };
    const success = [{ key: this.#bytes(own), keys_only: true }, others].map((range) => ({
      request_range: range,
    }));
    try {
      const reply = await effort.repeat((options) => this.#client.kv.txn({ success }, options));
      const [first, second] = reply.responses.map((response) => response.response_range);
      return [first as IRangeResponse, second as IRangeResponse, Number(reply.header.revision)];
    } catch (error) {
      effort.throwIfAborted();
      throw new DefiniteError(`cannot read the line ${this.#line.name}/: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }

  #tailOf({ key }: IKeyValue): string {
    return key.subarray(this.#prefix.length).toString();
  }

  #bytes(text: string): Buffer {
    return Buffer.concat([this.#client.prefix, Buffer.from(text)]);
  }
}
