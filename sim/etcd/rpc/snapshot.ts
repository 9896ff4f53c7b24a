/**
 * The Snapshot method: a copy of the member's database in chunks, and after them its SHA-256. Invariant: the copy is
 * of one revision, and of the same content it is the same copy.
 *
 * What is in it is a format of the model's own, in whole pages: a line that says so, then each change that is left of
 * history, as its revision and its length and its KeyValue. `etcdctl snapshot save` takes it; nothing of etcd's can
 * restore it.
 */
import { CODE, ERRORS, statusOf } from '../errors.js';
import { sha256 } from '../maintenance/sha256.js';
import type { CallStatus } from '../service.js';
import { KEY_VALUE } from '../wire/kv.js';
import { SNAPSHOT_REQUEST, SNAPSHOT_RESPONSE } from '../wire/maintenance.js';
import { admitToMaintenance, type GiveUp } from './admit.js';
import type { IncomingCall, MemberServer } from './server.js';
import type { ServerStream } from './streaming.js';
import { read } from './unary.js';

const CHUNK_BYTES = 32 * 1024;
const PAGE_BYTES = 4_096;

export class SnapshotStream implements ServerStream {
  readonly #call: IncomingCall;
  #state: 'new' | 'working' | 'ended' = 'new';
  #giveUp: GiveUp;

  constructor(call: IncomingCall) {
    this.#call = call;
  }

  message(bytes: Uint8Array): void {
    if (this.#state !== 'new') return;
    this.#state = 'working';
    const { server, metadata } = this.#call;
    const incoming = read(SNAPSHOT_REQUEST, bytes, server.rules, ERRORS.malformedMessage.text);
    if (incoming.kind === 'refused') {
      this.#end(incoming.status);
      return;
    }
    this.#giveUp = admitToMaintenance(
      server,
      metadata,
      'admin',
      ({ error }) => this.#end(statusOf(error)),
      () => {
        this.#send(contentOf(server));
        return undefined;
      },
    );
  }

  halfClose(): void {
    if (this.#state !== 'new') return;
    const { namesMissingRequest } = this.#call.server.rules;
    this.#end(statusOf(namesMissingRequest ? ERRORS.missingRequest : ERRORS.endOfFile));
  }

  cancel(): void {
    this.#state = 'ended';
    this.#giveUp?.();
  }

  onNoLeader(): void {
    this.#end(statusOf(ERRORS.noLeader));
  }

  #send(content: Buffer): void {
    const { server, sink } = this.#call;
    const { storageVersion, maintenance } = server.rules;
    const version = maintenance.snapshotTellsVersion ? storageVersion : '';
    for (let sent = 0; sent < content.length; sent += CHUNK_BYTES) {
      const chunk = content.subarray(sent, sent + CHUNK_BYTES);
      const remainingBytes = content.length - sent - chunk.length;
      sink.message(SNAPSHOT_RESPONSE.encode({ remainingBytes, blob: chunk.toString('latin1'), version }));
    }
    sink.message(SNAPSHOT_RESPONSE.encode({ blob: sha256(content).toString('latin1'), version }));
    this.#end({ code: CODE.ok, details: '' });
  }

  #end(status: CallStatus): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#call.sink.status(status);
  }
}

function contentOf({ machine, rules, revision }: MemberServer): Buffer {
  const heading = `in-memory etcd ${rules.release}, revision ${revision}, nothing that etcd can restore\n`;
  const parts: Buffer[] = [Buffer.from(heading, 'utf8')];
  for (const change of machine.store.history()) {
    const value = KEY_VALUE.encode(change);
    const prefix = Buffer.alloc(20);
    prefix.writeBigUInt64BE(BigInt(change.modRevision), 0);
    prefix.writeBigUInt64BE(BigInt(change.sub), 8);
    prefix.writeUInt32BE(value.length, 16);
    parts.push(prefix, value);
  }
  const content = Buffer.concat(parts);
  return Buffer.concat([content, Buffer.alloc(-content.length & (PAGE_BYTES - 1))]);
}
