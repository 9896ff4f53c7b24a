/** The messages of etcd's Lock and Election services; leases are bigints, 0 is none. */
import * as election from '../../../sim/etcd/wire/election.js';
import * as lock from '../../../sim/etcd/wire/lock.js';
import type { Encodable, MessageType } from '../../../sim/etcd/wire/message.js';
import type { RawEtcd } from './raw-etcd.js';

const { LOCK_REQUEST, LOCK_RESPONSE, UNLOCK_REQUEST, UNLOCK_RESPONSE } = lock;
const { CAMPAIGN_REQUEST, CAMPAIGN_RESPONSE, PROCLAIM_REQUEST, PROCLAIM_RESPONSE } = election;
const { LEADER_REQUEST, LEADER_RESPONSE, RESIGN_REQUEST, RESIGN_RESPONSE } = election;

/** A call whose answer may take long. */
export interface Pending<T> {
  /** The next answer; rejects with the error that the call ended with. */
  next(): Promise<T>;
  /** The client leaves. */
  cancel(): void;
}

type Leader = Encodable<election.LeaderKey>;

export class RawConcurrency {
  constructor(readonly raw: RawEtcd) {}

  lock(name: string, lease = 0n): Pending<lock.LockResponse> {
    return this.#begin('v3lockpb.Lock/Lock', LOCK_REQUEST, LOCK_RESPONSE, { name, lease });
  }

  unlock(key: string): Promise<lock.UnlockResponse> {
    return this.#begin('v3lockpb.Lock/Unlock', UNLOCK_REQUEST, UNLOCK_RESPONSE, { key }).next();
  }

  campaign(name: string, value: string, lease = 0n): Pending<election.CampaignResponse> {
    const request = { name, value, lease };
    return this.#begin('v3electionpb.Election/Campaign', CAMPAIGN_REQUEST, CAMPAIGN_RESPONSE, request);
  }

  proclaim(leader: Leader | undefined, value: string): Promise<election.ProclaimResponse> {
    const [method, request] = ['v3electionpb.Election/Proclaim', { leader, value }];
    return this.#begin(method, PROCLAIM_REQUEST, PROCLAIM_RESPONSE, request).next();
  }

  leader(name: string): Promise<election.LeaderResponse> {
    return this.#begin('v3electionpb.Election/Leader', LEADER_REQUEST, LEADER_RESPONSE, { name }).next();
  }

  observe(name: string): Pending<election.LeaderResponse> {
    return this.#begin('v3electionpb.Election/Observe', LEADER_REQUEST, LEADER_RESPONSE, { name });
  }

  resign(leader: Leader | undefined): Promise<election.ResignResponse> {
    return this.#begin('v3electionpb.Election/Resign', RESIGN_REQUEST, RESIGN_RESPONSE, { leader }).next();
  }

  #begin<Q, R>(
    method: string,
    requestType: MessageType<Q>,
    responseType: MessageType<R>,
    request: Encodable<Q>,
  ): Pending<R> {
    const stream = this.raw.open(`/${method}`);
    const answers: Buffer[] = [];
    let end: { readonly code: number; readonly details: string } | undefined;
    let look: (() => void) | undefined;
    stream.on('data', (bytes: Buffer) => {
      answers.push(bytes);
      look?.();
    });
    stream.on('status', (status: { code: number; details: string }) => {
      end = status;
      look?.();
    });
    stream.write(requestType.encode(request));
    stream.end();
    return {
      async next() {
        for (;;) {
          const answer = answers.shift();
          if (answer !== undefined) return responseType.decode(answer);
          if (end !== undefined) throw Object.assign(new Error(`the call ended: ${end.details}`), end);
          await new Promise<void>((resolve) => (look = resolve));
        }
      },
      cancel: () => stream.cancel(),
    };
  }
}
