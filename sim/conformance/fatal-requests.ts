/**
 * Makes requests harmless that would end a real etcd: a comparison with a dead one shows nothing. Each
 * exception is as narrow as possible. Requests that no version survives are not drawn at all (see
 * `draw-requests.ts`).
 */
import { RANGE_REQUEST, SORT_TARGET, TXN_REQUEST } from '../etcd/wire/kv.js';
import { MalformedError } from '../etcd/wire/malformed-error.js';
import type { Decoded, MessageType } from '../etcd/wire/message.js';
import { VERSIONS, type EtcdVersion } from '../etcd/version.js';
import type { Command } from './command.js';

/** The same commands without those that end an etcd of that version. */
export function withoutFatalRequests(commands: readonly Command[], version: EtcdVersion): readonly Command[] {
  const rules = VERSIONS[version];
  // An etcd that accepts an unknown sort target cannot sort by it, and panics.
  return rules.refusesUnknownSorts ? commands : commands.map(withKnownSorts);
}

function withKnownSorts(command: Command): Command {
  switch (command.kind) {
    case 'call':
      return { ...command, request: sorted(command.request) as object };
    case 'raw':
      return isUnknownSort(command.method, command.message) ? { ...command, message: '' } : command;
    case 'watch':
    case 'keep-alive':
    case 'expire':
    case 'close':
      return command;
    default:
      return command satisfies never;
  }
}

/** Any value, with invalid sort targets in it replaced by the key. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      name,
      name === 'sortTarget' && typeof one === 'number' && !isKnown(one) ? SORT_TARGET.key : sorted(one),
    ]),
  );
}

function isKnown(target: number): boolean {
  return target >= SORT_TARGET.key && target <= SORT_TARGET.value;
}

/** Whether bytes happen to be a request with an unknown sort target. */
function isUnknownSort(method: string, message: string): boolean {
  const bytes = Buffer.from(message, 'latin1');
  switch (method) {
    case 'KV/Range': {
      const request = decoded(RANGE_REQUEST, bytes);
      return request !== undefined && !isKnown(request.sortTarget);
    }
    case 'KV/Txn': {
      const request = decoded(TXN_REQUEST, bytes);
      return (
        request !== undefined && JSON.stringify(request, plainly) !== JSON.stringify(sorted(request), plainly)
      );
    }
    default:
      return false;
  }
}

function plainly(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

function decoded<M extends MessageType<unknown>>(type: M, bytes: Uint8Array): Decoded<M> | undefined {
  try {
    return type.decode(bytes) as Decoded<M>;
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}
