/**
 * A key-value store with revisions as etcd counts them, for testing recipes without an etcd: what the
 * recipes ask of etcd, and no more. Applies one request at a time.
 */
import {
  CompareResult,
  type ICompare,
  type IKeyValue,
  type IRangeRequest,
  type IRequestOp,
  type ITxnRequest,
} from 'etcd3';

/** One state of one key; value null where it was deleted. */
interface Version {
  readonly modRevision: number;
  readonly createRevision: number;
  readonly version: number;
  readonly value: Buffer | null;
  readonly lease: string;
}

const NEVER: Version = { modRevision: 0, createRevision: 0, version: 0, value: null, lease: '0' };

export class FakeKv {
  revision = 1;
  compactRevision = 0;
  /** Reads at a revision above it fail unless they are linearizable, as on a member that lags. */
  appliedRevision = Infinity;
  readonly #versions = new Map<string, Version[]>();

  /** Executes a request of etcd3's KV client at once. */
  execute(method: string, payload: unknown): unknown {
    switch (method) {
      case 'range':
        return this.#range(payload as IRangeRequest);
      case 'put':
        return this.#txn({ success: [{ request_put: payload as object }] });
      case 'deleteRange':
        return this.#txn({ success: [{ request_delete_range: payload as object }] });
      case 'txn':
        return this.#txn(payload as ITxnRequest);
      case 'leaseGrant':
        return { ID: '7', TTL: '60' };
      case 'leaseRevoke':
        for (const key of this.keys('').filter((name) => this.lease(name) === '7')) this.delete(key);
        return {};
      default:
        throw new Error(`the fake etcd has no ${method}`);
    }
  }

  /** The key's value now, or null. */
  value(key: string): string | null {
    return this.#at(key).value?.toString() ?? null;
  }

  lease(key: string): string {
    return this.#at(key).lease;
  }

  modRevision(key: string): number {
    const state = this.#at(key);
    return state.value === null ? 0 : state.modRevision;
  }

  /** Values that were put under the key, in order, across deletions. */
  puts(key: string): string[] {
    return (this.#versions.get(key) ?? []).flatMap(({ value }) => (value === null ? [] : [value.toString()]));
  }

  /** Keys that exist now and begin so. */
  keys(prefix: string): string[] {
    return [...this.#versions.keys()].filter((key) => key.startsWith(prefix) && this.#at(key).value !== null);
  }

  /** Writes as another client would. */
  put(key: string, value: string): void {
    this.execute('put', { key: Buffer.from(key), value: Buffer.from(value) });
  }

  delete(key: string): void {
    this.execute('deleteRange', { key: Buffer.from(key) });
  }

  #at(key: string, revision = Infinity): Version {
    const state = this.#versions.get(key)?.findLast(({ modRevision }) => modRevision <= revision) ?? NEVER;
    return state.value === null ? { ...NEVER, modRevision: state.modRevision } : state;
  }

  #range({ key, range_end: rangeEnd, revision: asked, serializable }: IRangeRequest) {
    const revision = Number(asked ?? 0);
    if (revision > 0 && revision < this.compactRevision) {
      throw new Error('11 OUT_OF_RANGE: etcdserver: mvcc: required revision has been compacted');
    }
    const known = serializable === true ? Math.min(this.appliedRevision, this.revision) : this.revision;
    if (revision > known) {
      throw new Error('11 OUT_OF_RANGE: etcdserver: mvcc: required revision is a future revision');
    }
    const kvs: IKeyValue[] = [];
    for (const name of this.#names(textOf(key), rangeEnd)) {
      const state = this.#at(name, revision > 0 ? revision : known);
      if (state.value === null) continue;
      kvs.push({
        key: Buffer.from(name),
        value: state.value,
        mod_revision: String(state.modRevision),
        create_revision: String(state.createRevision),
        version: String(state.version),
        lease: state.lease,
      });
    }
    return { header: { revision: String(known) }, kvs, more: false, count: String(kvs.length) };
  }

  #txn({ compare = [], success = [], failure = [] }: ITxnRequest) {
    const succeeded = compare.every((one) => this.#holds(one));
    const operations = succeeded ? success : failure;
    const writes = operations.some((operation) => operation.request_range === undefined);
    const revision = writes ? this.revision + 1 : this.revision;
    let changed = false;
    const responses = operations.map((operation) => {
      if (operation.request_range !== undefined) {
        return { response_range: this.#range(operation.request_range) };
      }
      changed = this.#write(operation, revision) || changed;
      return {};
    });
    if (changed) this.revision = revision;
    return { header: { revision: String(this.revision) }, succeeded, responses };
  }

  #write({ request_put: put, request_delete_range: remove }: IRequestOp, modRevision: number): boolean {
    const key = textOf(put?.key ?? remove?.key);
    if (put === undefined && remove?.range_end !== undefined) {
      const doomed = this.#names(key, remove.range_end).filter((name) => this.#at(name).value !== null);
      for (const name of doomed) this.#append(name, { ...NEVER, modRevision });
      return doomed.length > 0;
    }
    const before = this.#at(key);
    if (put === undefined) {
      if (before.value === null) return false;
      this.#append(key, { ...NEVER, modRevision });
      return true;
    }
    this.#append(key, {
      modRevision,
      createRevision: before.value === null ? modRevision : before.createRevision,
      version: before.version + 1,
      value: Buffer.from(put.value ?? ''),
      lease: String(put.lease ?? 0),
    });
    return true;
  }

  /** The key alone, or all known keys up to the end of the range. */
  #names(key: string, rangeEnd: Buffer | undefined): string[] {
    if (rangeEnd === undefined) return [key];
    return [...this.#versions.keys()].filter((name) => name >= key && name < rangeEnd.toString());
  }

  #append(key: string, version: Version): void {
    const versions = this.#versions.get(key);
    if (versions === undefined) this.#versions.set(key, [version]);
    else versions.push(version);
  }

  /** Comparisons of one key's revisions, version and lease. */
  #holds({ key, result, mod_revision: mod, create_revision: create, version, lease }: ICompare): boolean {
    const state = this.#at(textOf(key));
    const exists = state.value !== null;
    const [actual, expected] =
      lease !== undefined
        ? [Number(state.lease), Number(lease)]
        : version !== undefined
          ? [state.version, Number(version)]
          : create !== undefined
            ? [state.createRevision, Number(create)]
            : [exists ? state.modRevision : 0, Number(mod)];
    switch (typeof result === 'number' ? CompareResult[result] : result) {
      case 'Equal':
        return actual === expected;
      case 'Greater':
        return actual > expected;
      case 'Less':
        return actual < expected;
      default:
        throw new Error(`the fake etcd has no comparison ${String(result)}`);
    }
  }
}

function textOf(key: Buffer | undefined): string {
  return (key ?? Buffer.alloc(0)).toString();
}
