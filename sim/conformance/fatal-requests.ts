/**
 * Requests that end a real etcd, made harmless: a comparison with one that has ended says nothing. Each is as narrow
 * as it can be; what no version survives is not drawn at all (see `draw-requests.ts`).
 */
import { RANGE_REQUEST, SORT_TARGET, TXN_REQUEST } from '../etcd/wire/kv.js';
import { MalformedError } from '../etcd/wire/malformed-error.js';
import type { Decoded, MessageType } from '../etcd/wire/message.js';
import { VERSIONS, type EtcdVersion } from '../etcd/version.js';
import type { Command } from './command.js';

/** The same commands without what ends an etcd of that version. */
export function withoutFatalRequests(commands: readonly Command[], version: EtcdVersion): readonly Command[] {
  const rules = VERSIONS[version];
  // An etcd that does not refuse a sort target that there is not has nothing to sort with, and panics.
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

/** Any value, with the sort targets in it taken for the key where they are none. */
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
