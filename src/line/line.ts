/**
 * Waiting in a line for those who came before. Each waits for the nearest one ahead only, so that one who leaves wakes
 * one. Invariant: a turn has come only if one read saw nobody ahead and the own place still there.
 */
import type { IKeyValue, IRangeRequest, IRangeResponse, Namespace } from 'etcd3';
import { Changes } from '../changes.js';
import type { Effort } from '../effort.js';
import { DefiniteError, messageOf, SessionLostError } from '../errors.js';
import type { Place } from './place.js';

/** Which keys stand in a line. */
export interface LineOf {
  /** All of them begin with it. */
  readonly prefix: string;
  /** Matches what follows the prefix: only keys of exactly this shape count. */
  readonly shape: RegExp;
}

/** What one read says of a place. */
interface Standing {
  readonly revision: number;
  /** Key of the nearest one ahead. */
  readonly ahead: string | undefined;
}

const PAGE_KEYS = 64;

export class Line {
  readonly #client: Namespace;
  readonly #line: LineOf;
  readonly #prefix: Buffer;

  constructor(client: Namespace, line: LineOf) {
    this.#client = client;
    this.#line = line;
    this.#prefix = this.#bytes(line.prefix);
  }

  /**
   * Waits until nobody is ahead of the place; resolves to the revision at which nobody was. Rejects with a {@link SessionLostError} where the place is gone, a
   * `DefiniteError` where etcd cannot be asked, or the reason of the effort's signal.
   */
  async turnOf(place: Place, effort: Effort): Promise<number> {
    const changes = new Changes(this.#client, effort);
    for (;;) {
      const { ahead, revision } = await this.#look(place, effort);
      if (ahead === undefined) return revision;
      await changes.next({ key: ahead, afterRevision: revision, only: 'delete' });
    }
  }

  /** The revision at which nobody is ahead of the place now, else undefined. Rejects as {@link turnOf} does. */
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
      if (own.kvs[0] === undefined || Number(own.kvs[0].create_revision) !== place.revision) {
        throw new SessionLostError(
          `the key ${place.key} is gone: its lease ended or another client deleted it`,
        );
      }
      revision ||= header;
      const ahead = others.kvs.find((other) => this.#line.shape.test(this.#tailOf(other)));
      if (ahead !== undefined) return { revision, ahead: this.#line.prefix + this.#tailOf(ahead) };
      const last = others.kvs.at(-1);
      if (last === undefined || !others.more) return { revision, ahead: undefined };
      // Strangers' keys fill the page. Two keys may have one create revision, so the next page begins with it again
      // unless the page was of this one revision only.
      const lowest = Number(last.create_revision);
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
      range_end: endOf(this.#prefix),
      max_create_revision: before - 1,
      sort_target: 'Create',
      sort_order: 'Descend',
      limit: PAGE_KEYS,
      keys_only: true,
    };
    try {
      const reply = await effort.repeat((options) =>
        this.#client.kv.txn(
          {
            success: [
              { request_range: { key: this.#bytes(own), keys_only: true } },
              ...(before > 1 ? [{ request_range: others }] : []),
            ],
          },
          options,
        ),
      );
      const [first, second] = reply.responses.map((response) => response.response_range);
      if (first === undefined) throw new Error('etcd answered a transaction without its reads');
      return [first, second ?? { ...first, kvs: [], more: false }, Number(reply.header.revision)];
    } catch (error) {
      effort.throwIfAborted();
      throw new DefiniteError(`cannot read the line ${this.#line.prefix}: ${messageOf(error)}`, {
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

/** The end of the range of all keys that begin so. */
function endOf(prefix: Buffer): Buffer {
  const end = Buffer.from(prefix);
  end[end.length - 1] = (end.at(-1) ?? 0) + 1;
  return end;
}
