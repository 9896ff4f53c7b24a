/**
 * The Snapshot method: a copy of the member's database in chunks, followed by its SHA-256. Invariant: the
 * copy shows one revision, and equal contents give equal copies.
 *
 * The contents have the model's own format, in whole pages: a line that says so, then each change left in
 * history, as its revision, its length and its KeyValue. `etcdctl snapshot save` accepts it; no tool of etcd
 * can restore it.
 */
import { createHash } from 'node:crypto';
import { KEY_VALUE } from '../wire/kv.js';
import type { SnapshotResponse } from '../wire/maintenance.js';
import { admitToMaintenance } from './admit.js';
import type { Answerer, Answers } from './answer-stream.js';
import type { MemberServer } from './server.js';

const CHUNK_BYTES = 32 * 1024;
const PAGE_BYTES = 4_096;

export const snapshot: Answerer<object, SnapshotResponse> = (server, _request, answers, metadata) =>
  admitToMaintenance(
    server,
    metadata,
    'admin',
    (failure) => answers.end(failure),
    () => {
      send(server, answers, contentOf(server));
      server.machine.counts.snapshots++;
      return undefined;
    },
  );

function send(server: MemberServer, answers: Answers<SnapshotResponse>, content: Buffer): void {
  const { storageVersion, maintenance } = server.rules;
  const version = maintenance.snapshotTellsVersion ? storageVersion : '';
  for (let sent = 0; sent < content.length; sent += CHUNK_BYTES) {
    const chunk = content.subarray(sent, sent + CHUNK_BYTES);
    const remainingBytes = content.length - sent - chunk.length;
    answers.send({ remainingBytes, blob: chunk.toString('latin1'), version });
  }
  const digest = createHash('sha256').update(content).digest();
  answers.send({ blob: digest.toString('latin1'), version });
  answers.end();
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
