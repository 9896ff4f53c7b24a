/**
 * What the messages of calls say about keys: what a request may write and reads, what an answer wrote and
 * found.
 */
import { bytesOf, type ByteString } from '../etcd/byte-string.js';
import {
  COMPARE_RESULT,
  COMPARE_TARGET,
  DELETE_RANGE_REQUEST,
  DELETE_RANGE_RESPONSE,
  PUT_REQUEST,
  PUT_RESPONSE,
  RANGE_REQUEST,
  RANGE_RESPONSE,
  TXN_REQUEST,
  TXN_RESPONSE,
  type Compare,
  type RangeRequest,
  type RangeResponse,
  type RequestOp,
  type ResponseOp,
  type TxnRequest,
  type TxnResponse,
} from '../etcd/wire/kv.js';
import { LEASE_REVOKE_REQUEST, LEASE_REVOKE_RESPONSE } from '../etcd/wire/lease.js';
import type { KeyRange } from '../history/calls.js';
import type { Comparison } from '../history/failed-comparison.js';
import type { Intent, IntendedChange } from '../history/settle-writes.js';

/** A range that was read, and the versions found in it. */
export interface Found extends KeyRange {
  readonly complete: boolean;
  readonly count?: number;
  readonly versions: readonly { readonly key: string; readonly revision: number }[];
}

/** The contents of an answer. */
export interface Answer {
  readonly revision: number;
  readonly wrote: boolean;
  readonly found: readonly Found[];
  /** Ranges to delete that were empty. */
  readonly missed?: readonly KeyRange[];
  /** True if comparisons of a transaction failed. */
  readonly refused?: boolean;
}

/** How to read the messages of a unary method. */
export interface Contents {
  /** @param nameOf returns a key without the run's prefix */
  intentOf(request: Uint8Array, nameOf: NameOf): Intent;
  answerOf(request: Uint8Array, answer: Uint8Array, nameOf: NameOf): Answer;
}

type NameOf = (key: ByteString) => string;

const NOTHING: Intent = { branches: [], leases: [] };

/** The unary methods about keys, by their path. */
export const CONTENTS: Readonly<Record<string, Contents>> = {
  '/etcdserverpb.KV/Range': {
    intentOf: () => NOTHING,
    answerOf(request, answer, nameOf) {
      const response = RANGE_RESPONSE.decode(answer);
      const found = [foundBy(RANGE_REQUEST.decode(request), response, nameOf)];
      return { revision: response.header?.revision ?? 0, wrote: false, found };
    },
  },
  '/etcdserverpb.KV/Put': {
    intentOf: (request, nameOf) =>
      branchesOf([{ ...NO_OPERATION, requestPut: PUT_REQUEST.decode(request) }], nameOf),
    answerOf: (_request, answer) => ({
      revision: PUT_RESPONSE.decode(answer).header?.revision ?? 0,
      wrote: true,
      found: [],
    }),
  },
  '/etcdserverpb.KV/DeleteRange': {
    intentOf: (request, nameOf) =>
      branchesOf([{ ...NO_OPERATION, requestDeleteRange: DELETE_RANGE_REQUEST.decode(request) }], nameOf),
    answerOf(request, answer, nameOf) {
      const { header, deleted } = DELETE_RANGE_RESPONSE.decode(answer);
      const missed = deleted > 0 ? [] : [rangeOf(DELETE_RANGE_REQUEST.decode(request), nameOf)];
      return { revision: header?.revision ?? 0, wrote: deleted > 0, found: [], missed };
    },
  },
  '/etcdserverpb.KV/Txn': {
    intentOf(request, nameOf) {
      const { compare, success, failure } = TXN_REQUEST.decode(request);
      const [one, other] = [branchesOf(success, nameOf), branchesOf(failure, nameOf)];
      return {
        branches: [...one.branches, ...other.branches],
        leases: [...new Set([...one.leases, ...other.leases])],
        comparisons: compare.map((one) => comparisonOf(one, nameOf)),
      };
    },
    answerOf(request, answer, nameOf) {
      const response = TXN_RESPONSE.decode(answer);
      return {
        revision: response.header?.revision ?? 0,
        wrote: hasWritten(response),
        found: foundInTxn(TXN_REQUEST.decode(request), response, nameOf),
        missed: missedInTxn(TXN_REQUEST.decode(request), response, nameOf),
        refused: !response.succeeded,
      };
    },
  },
  '/etcdserverpb.Lease/LeaseRevoke': {
    intentOf: (request) => ({ ...NOTHING, revokes: String(LEASE_REVOKE_REQUEST.decode(request).ID) }),
    // The answer does not say whether a key was deleted with the lease.
    answerOf: (_request, answer) => ({
      revision: LEASE_REVOKE_RESPONSE.decode(answer).header?.revision ?? 0,
      wrote: false,
      found: [],
    }),
  },
};

const NO_OPERATION: RequestOp = {
  requestRange: undefined,
  requestPut: undefined,
  requestDeleteRange: undefined,
  requestTxn: undefined,
};

/** The range without the run's prefix. A range that ends after the prefix's last key has an open end. */
export function rangeOf(
  { key, rangeEnd }: { readonly key: ByteString; readonly rangeEnd: ByteString | undefined },
  nameOf: NameOf,
): KeyRange {
  if (rangeEnd === undefined) return { key: nameOf(key) };
  if (rangeEnd === '' || rangeEnd === '\0') return { key: nameOf(key), rangeEnd: '' };
  const end = nameOf(rangeEnd);
  const leavesPrefix = end === textOf(rangeEnd) && nameOf(key) !== textOf(key);
  return { key: nameOf(key), rangeEnd: leavesPrefix ? '' : end };
}

export function textOf(bytes: ByteString): string {
  return bytesOf(bytes).toString('utf8');
}

/** A list of operations happens completely or not at all; the outcome of nested ones is unknown. */
function branchesOf(operations: readonly RequestOp[], nameOf: NameOf): Intent {
  const leases = operations.flatMap(({ requestPut }) =>
    requestPut === undefined || requestPut.lease === 0n ? [] : [String(requestPut.lease)],
  );
  if (operations.some(({ requestTxn }) => requestTxn !== undefined)) return { branches: [], leases };
  const changes = operations.flatMap(({ requestPut, requestDeleteRange }): IntendedChange[] => {
    if (requestPut !== undefined) {
      const { key, value, ignoreValue } = requestPut;
      return [{ type: 'put', key: nameOf(key), ...(ignoreValue ? {} : { value: textOf(value) }) }];
    }
    return requestDeleteRange === undefined
      ? []
      : [{ type: 'delete', range: rangeOf(requestDeleteRange, nameOf) }];
  });
  return { branches: changes.length === 0 ? [] : [changes], leases: [...new Set(leases)] };
}

function hasWritten({ responses }: TxnResponse): boolean {
  return responses.some(
    ({ responsePut, responseDeleteRange, responseTxn }) =>
      responsePut !== undefined ||
      (responseDeleteRange !== undefined && responseDeleteRange.deleted > 0) ||
      (responseTxn !== undefined && hasWritten(responseTxn)),
  );
}

function foundInTxn(request: TxnRequest, response: TxnResponse, nameOf: NameOf): Found[] {
  const operations = response.succeeded ? request.success : request.failure;
  return operations.flatMap((operation, index) =>
    foundByOperation(operation, response.responses[index], nameOf),
  );
}

/** The outcome of nested operations is not reported. */
function missedInTxn(request: TxnRequest, response: TxnResponse, nameOf: NameOf): KeyRange[] {
  const operations = response.succeeded ? request.success : request.failure;
  return operations.flatMap(({ requestDeleteRange }, index) => {
    const deleted = response.responses[index]?.responseDeleteRange?.deleted;
    return requestDeleteRange === undefined || deleted !== 0 ? [] : [rangeOf(requestDeleteRange, nameOf)];
  });
}

const TARGETS = {
  [COMPARE_TARGET.version]: 'version',
  [COMPARE_TARGET.create]: 'create revision',
  [COMPARE_TARGET.mod]: 'revision',
  [COMPARE_TARGET.value]: 'value',
  [COMPARE_TARGET.lease]: 'lease',
} as const satisfies Readonly<Record<number, Comparison['of']>>;

const RELATIONS = {
  [COMPARE_RESULT.equal]: '=',
  [COMPARE_RESULT.greater]: '>',
  [COMPARE_RESULT.less]: '<',
  [COMPARE_RESULT.notEqual]: '!=',
} as const satisfies Readonly<Record<number, Comparison['relation']>>;

function comparisonOf(compare: Compare, nameOf: NameOf): Comparison {
  const { key, version, createRevision, modRevision, value, lease, rangeEnd } = compare;
  const of = (TARGETS as Readonly<Record<number, Comparison['of']>>)[compare.target] ?? 'version';
  const expected = {
    version: String(version ?? 0),
    'create revision': String(createRevision ?? 0),
    revision: String(modRevision ?? 0),
    value: textOf(value ?? ''),
    lease: String(lease ?? 0n),
  }[of];
  const relation = (RELATIONS as Readonly<Record<number, Comparison['relation']>>)[compare.result] ?? '=';
  return { key: nameOf(key), of, relation, expected, isRange: rangeEnd !== undefined };
}

function foundByOperation(
  { requestRange, requestTxn }: RequestOp,
  response: ResponseOp | undefined,
  nameOf: NameOf,
): Found[] {
  const { responseRange, responseTxn } = response ?? {};
  if (requestRange !== undefined && responseRange !== undefined) {
    return [foundBy(requestRange, responseRange, nameOf)];
  }
  if (requestTxn === undefined || responseTxn === undefined) return [];
  return foundInTxn(requestTxn, responseTxn, nameOf);
}

function foundBy(request: RangeRequest, response: RangeResponse, nameOf: NameOf): Found {
  const { minModRevision, maxModRevision, minCreateRevision, maxCreateRevision, countOnly } = request;
  const filters = [minModRevision, maxModRevision, minCreateRevision, maxCreateRevision];
  return {
    ...rangeOf(request, nameOf),
    complete: !response.more && !countOnly && filters.every((filter) => filter === 0),
    ...(countOnly ? { count: response.count } : {}),
    versions: response.kvs.map(({ key, modRevision }) => ({ key: nameOf(key), revision: modRevision })),
  };
}

/** `/etcdserverpb.KV/Txn` becomes `KV.Txn`. */
export function shortMethod(method: string): string {
  return method.replace(/^\/[a-z0-9]*\./i, '').replace('/', '.');
}
