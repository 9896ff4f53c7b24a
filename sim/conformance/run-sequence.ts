/**
 * Runs a sequence of commands on both sides, one command at a time, and stops at the first difference.
 * Invariant: the comparison does not depend on either side's speed; if it would, the streams settle first.
 */
import { requestIdBytes } from '../etcd/rpc/entry-size.js';
import type { Encodable, MessageType } from '../etcd/wire/message.js';
import { LEASE_GRANT_REQUEST, LEASE_GRANT_RESPONSE, LEASE_REVOKE_REQUEST } from '../etcd/wire/lease.js';
import type { WatchRequest } from '../etcd/wire/watch.js';
import { AUTHENTICATE_RESPONSE } from '../etcd/wire/auth.js';
import { MEMBER_ADD_RESPONSE } from '../etcd/wire/cluster.js';
import { COMPACTION_REQUEST } from '../etcd/wire/kv.js';
import { pathOf, STREAMS, UNARY, type Codec, type Command } from './command.js';
import { metadataOf, type CallMetadata, type Credentials } from './credentials.js';
import { difference, type Difference } from './difference.js';
import { withoutAllowedDifferences, type DifferenceContext } from './allowed-differences.js';
import { letExpire } from './let-expire.js';
import { ownMetadata } from './own-calls.js';
import { startOver, type Pair, type Party, type Start } from './pair.js';
import type { Outcome, SideStream } from './side.js';
import { resolve } from './symbolic-values.js';
import { WatchStreams, type StreamRequest } from './watch-streams.js';

/** A difference and the command that showed it, counted from 0; the number of commands if it is their end. */
export interface SequenceDifference extends Difference {
  readonly command: number;
}

/** Shorter leases would expire in the middle of a sequence, so they are revoked at once. */
const LASTING_TTL_SECONDS = 60;

export async function runSequence(
  pair: Pair,
  commands: readonly Command[],
): Promise<SequenceDifference | undefined> {
  const calls = (kind: RegExp): boolean =>
    commands.some((command) => command.kind === 'call' && kind.test(command.method));
  const comparesHashes = calls(/HashKV$/);
  const run = new SequenceRun(pair, await startOver(pair), comparesHashes);
  pair.hasUsers = calls(/^Auth\//);
  pair.isAdministered = calls(/^Cluster\/|Alarm$/);
  try {
    for (const [index, command] of commands.entries()) {
      const found = await run.step(command);
      if (found !== undefined) return { ...found, command: index };
    }
    const found = await run.settle();
    return found === undefined ? undefined : { ...found, command: commands.length };
  } finally {
    run.close();
  }
}

/** A side's history so far, for comparisons and for symbols. */
class Progress implements DifferenceContext {
  readonly party: Party;
  readonly identity;
  readonly meaning;
  readonly keepAlives = new Map<number, SideStream>();

  constructor(party: Party, startRevision: number, startAuthRevision: number, run: number) {
    this.party = party;
    this.identity = party.identity;
    this.meaning = {
      startRevision,
      requestIdBytes: requestIdBytes(party.identity.memberId),
      leases: [] as bigint[],
      chosenByServer: new Set<bigint>(),
      tokens: [] as string[],
      startAuthRevision,
      firstMember: party.identity.memberId,
      members: [] as bigint[],
      peerUrl: party.identity.peerUrl,
      run,
    };
  }

  metadata(credentials: Credentials | undefined): CallMetadata {
    return metadataOf(credentials, this.meaning);
  }

  encode(codec: Codec, request: unknown): Uint8Array {
    return (codec.request as MessageType<unknown>).encode(resolve(request, this.meaning));
  }
}

class SequenceRun {
  readonly #inMemory: Progress;
  readonly #real: Progress;
  readonly #watches: WatchStreams;
  readonly #comparesHashes: boolean;

  constructor(pair: Pair, { revision, authRevisions }: Start, comparesHashes: boolean) {
    this.#comparesHashes = comparesHashes;
    this.#inMemory = new Progress(pair.inMemory, revision, authRevisions.inMemory, pair.runs);
    this.#real = new Progress(pair.real, revision, authRevisions.real, pair.runs);
    this.#watches = new WatchStreams(pair, { inMemory: this.#inMemory, real: this.#real });
  }

  async step(command: Command): Promise<Difference | undefined> {
    switch (command.kind) {
      case 'call':
        return this.#call(command);
      case 'raw':
        return this.#raw(command);
      case 'watch':
        return this.#watches.send(command.stream, {
          inMemory: this.#watchRequest(this.#inMemory, command),
          real: this.#watchRequest(this.#real, command),
        });
      case 'keep-alive':
        return this.#keepAlive(command);
      case 'expire':
        return this.#expire(command);
      case 'close':
        return this.#close(command);
      default:
        return command satisfies never;
    }
  }

  settle(): Promise<Difference | undefined> {
    return this.#watches.settle();
  }

  close(): void {
    this.#watches.closeAll();
    for (const { keepAlives } of [this.#inMemory, this.#real]) {
      for (const stream of keepAlives.values()) stream.cancel();
    }
  }

  #watchRequest(
    progress: Progress,
    { request, credentials }: Command & { kind: 'watch' },
  ): StreamRequest<WatchRequest> {
    return {
      request: resolve(request, progress.meaning) as Encodable<WatchRequest>,
      metadata: progress.metadata(credentials),
    };
  }

  async #call({
    client,
    method,
    request,
    credentials,
  }: Command & { kind: 'call' }): Promise<Difference | undefined> {
    if (method === 'KV/Compact') {
      const early = await this.settle();
      if (early !== undefined) return early;
    }
    const codec = UNARY[method];
    const ask = (progress: Progress): Promise<Outcome> =>
      progress.party.side.call(
        client,
        pathOf(method),
        progress.encode(codec, request),
        progress.metadata(credentials),
      );
    const [inMemory, real] = [await ask(this.#inMemory), await ask(this.#real)];
    if (method === 'Auth/Authenticate') {
      this.#noteToken(this.#inMemory, inMemory);
      this.#noteToken(this.#real, real);
    }
    if (method === 'Cluster/MemberAdd') {
      this.#noteMember(this.#inMemory, inMemory);
      this.#noteMember(this.#real, real);
    }
    if (method === 'Lease/LeaseGrant') {
      this.#noteGrant(this.#inMemory, request, inMemory);
      this.#noteGrant(this.#real, request, real);
    }
    if (method === 'KV/Compact') await this.#finishCompaction();
    const found = this.#compare(method, codec, inMemory, real);
    if (found !== undefined || method !== 'Lease/LeaseGrant' || real.status.code !== 0) return found;
    const { TTL = 0 } = resolve(request, this.#real.meaning) as Encodable<{ TTL: number }>;
    return TTL < LASTING_TTL_SECONDS ? this.#revokeNewest(credentials) : undefined;
  }

  async #expire(command: Command & { kind: 'expire' }): Promise<Difference | undefined> {
    const left = letExpire(this.#inMemory.party.side, command);
    const right = letExpire(this.#real.party.side, command);
    const [inMemory, real] = [await left, await right];
    for (const [index, one] of inMemory.outcomes.entries()) {
      const other = real.outcomes[index];
      if (other === undefined) return { where: 'an expiring lease', inMemory: one, real: other };
      for (const [progress, { lease }] of [
        [this.#inMemory, inMemory],
        [this.#real, real],
      ] as const) {
        if (!progress.meaning.chosenByServer.has(lease)) progress.meaning.leases.push(lease);
        progress.meaning.chosenByServer.add(lease);
      }
      const found = this.#compare(one.method, codecOf(one.method), one.outcome, other.outcome);
      if (found !== undefined) return found;
    }
    return difference('the time at which a lease expired', inMemory.when, real.when);
  }

  #noteGrant({ meaning }: Progress, request: object, { messages }: Outcome): void {
    const [message] = messages;
    if (message === undefined) return;
    const { ID } = LEASE_GRANT_RESPONSE.decode(message);
    meaning.leases.push(ID);
    const asked = LEASE_GRANT_REQUEST.decode(
      LEASE_GRANT_REQUEST.encode(resolve(request, meaning) as Encodable<{ TTL: number; ID: bigint }>),
    );
    if (asked.ID === 0n) meaning.chosenByServer.add(ID);
  }

  #noteMember({ meaning }: Progress, { messages }: Outcome): void {
    for (const message of messages)
      meaning.members.push(MEMBER_ADD_RESPONSE.decode(message).member?.ID ?? 0n);
  }

  /**
   * A real etcd compacts in the background, and keeps no hash of a compaction that began before the previous
   * one was done.
   */
  async #finishCompaction(): Promise<void> {
    if (!this.#comparesHashes) return;
    const request = COMPACTION_REQUEST.encode({ revision: 1, physical: true });
    await this.#real.party.side.call(0, pathOf('KV/Compact'), request, ownMetadata(this.#real.party.side));
  }

  #noteToken({ meaning }: Progress, { messages }: Outcome): void {
    for (const message of messages) meaning.tokens.push(AUTHENTICATE_RESPONSE.decode(message).token);
  }

  async #revokeNewest(credentials: Credentials | undefined): Promise<Difference | undefined> {
    const revoke = (progress: Progress): Promise<Outcome> => {
      const { meaning, party } = progress;
      const request = LEASE_REVOKE_REQUEST.encode({ ID: meaning.leases.at(-1) ?? 0n });
      return party.side.call(0, pathOf('Lease/LeaseRevoke'), request, progress.metadata(credentials));
    };
    const [inMemory, real] = [await revoke(this.#inMemory), await revoke(this.#real)];
    return this.#compare('Lease/LeaseRevoke', UNARY['Lease/LeaseRevoke'], inMemory, real);
  }

  async #raw({
    client,
    method,
    message,
    credentials,
  }: Command & { kind: 'raw' }): Promise<Difference | undefined> {
    const bytes = Buffer.from(message, 'latin1');
    const ask = (progress: Progress): Promise<Outcome> =>
      progress.party.side.call(client, pathOf(method), bytes, progress.metadata(credentials));
    const [inMemory, real] = [await ask(this.#inMemory), await ask(this.#real)];
    const codec = codecOf(method);
    return this.#compare(method, codec, inMemory, real);
  }

  async #keepAlive({
    stream,
    request,
    credentials,
  }: Command & { kind: 'keep-alive' }): Promise<Difference | undefined> {
    const method = 'Lease/LeaseKeepAlive';
    const codec = STREAMS[method];
    const ask = async (progress: Progress): Promise<Outcome> => {
      const { side } = progress.party;
      const opened =
        progress.keepAlives.get(stream) ??
        side.open(stream % 2, pathOf(method), progress.metadata(credentials));
      progress.keepAlives.set(stream, opened);
      const before = opened.received.length;
      opened.send(progress.encode(codec, request));
      const answered = await opened.until(
        () => opened.received.length > before || opened.status !== undefined,
      );
      const status = opened.status ?? { code: 0, details: answered ? '' : 'no answer' };
      // It is over, and the next message opens another.
      if (opened.status !== undefined) progress.keepAlives.delete(stream);
      return { messages: opened.received.slice(before), status };
    };
    return this.#compare(method, codec, await ask(this.#inMemory), await ask(this.#real));
  }

  async #close({ method, stream }: Command & { kind: 'close' }): Promise<Difference | undefined> {
    if (method === 'Watch/Watch') {
      const found = await this.settle();
      this.#watches.close(stream);
      return found;
    }
    for (const { keepAlives } of [this.#inMemory, this.#real]) {
      keepAlives.get(stream)?.cancel();
      keepAlives.delete(stream);
    }
    return undefined;
  }

  #compare(
    method: string,
    codec: Codec | undefined,
    inMemory: Outcome,
    real: Outcome,
  ): Difference | undefined {
    const status = difference(`${method} status`, inMemory.status, real.status);
    if (status !== undefined || codec === undefined) return status;
    const view = ({ messages }: Outcome, context: DifferenceContext): unknown =>
      messages.map((bytes) => withoutAllowedDifferences(method, codec.response.decode(bytes), context));
    const [left, right] = [view(inMemory, this.#inMemory), view(real, this.#real)];
    return difference(`${method} response`, left, right) ?? unknownField(method, codec, real);
  }
}

function codecOf(method: string): Codec | undefined {
  return Object.entries({ ...UNARY, ...STREAMS }).find(([name]) => name === method)?.[1];
}

/** Decoding drops fields that the codec does not know; encoding again then shows that they are missing. */
function unknownField(method: string, { response }: Codec, { messages }: Outcome): Difference | undefined {
  for (const bytes of messages) {
    const known = response.encode(response.decode(bytes));
    if (Buffer.compare(known, bytes) === 0) continue;
    return {
      where: `${method} bytes`,
      inMemory: known.toString('hex'),
      real: Buffer.from(bytes).toString('hex'),
    };
  }
  return undefined;
}
