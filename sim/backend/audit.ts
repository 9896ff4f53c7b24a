/**
 * Checks that a run followed its plan: every node performs or explicitly skips each of its operations, under
 * unique names and through its own client, and awaits them. Invariant: it only observes; its complaints are
 * no findings about the code under test.
 */
import { callerOutside } from '../engine/caller.js';
import { plannedIdOf, plannedIdsOf } from '../plan/planned-id.js';
import type { Plan, PlannedOperation } from '../plan/plan.js';
import type { Operation, Skip } from '../history/history.js';
import type { Recorder } from '../history/recorder.js';
import type { Doubt, DoubtKind, Problem } from '../run/run-result.js';
import { OBSERVER } from '../scenario/expect-nodes.js';
import { shortMethod } from './call-contents.js';

/** A call that a node makes. */
export interface MadeCall {
  /** The node whose code makes it. */
  readonly node: string;
  /** The owner of its client: a node's name, or a description. */
  readonly owner: string;
  /** False if the client belongs to another node, or to a process of this node that has died. */
  readonly isOwn: boolean;
  /** Such as `/etcdserverpb.KV/Put`. */
  readonly method: string;
  /** Such as `m1:2379`. */
  readonly address: string;
  /** Whether the address is of the run: a member of its etcd, or a node. */
  readonly isOurs: boolean;
}

/** A problem of one kind with one node is reported once. */
interface Draft {
  readonly kind: DoubtKind;
  readonly node?: string | undefined;
  readonly subjects: string[];
  readonly words: (subjects: string) => string;
  readonly operations: string[];
}

const SUBJECTS_MAX = 3;

export class Audit {
  readonly #plannedOf: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #recorder: Recorder;
  readonly #drafts = new Map<string, Draft>();
  readonly #begun = new Set<string>();
  /** Where operations were performed; only of runs with stacks, which cost time. */
  readonly #places = new Map<string, string>();
  readonly #daemons = new Set<string>();
  readonly #skips: Skip[] = [];
  readonly #isOpen: boolean;
  #hasCalled = false;

  /** @param isOpen the operations of its nodes appear during the run: {@link Scenario.isOpen} */
  constructor(plan: Plan, recorder: Recorder, isOpen = false) {
    this.#isOpen = isOpen;
    this.#plannedOf = new Map(plan.nodes.map((node) => [node.name, plannedIdsOf({ nodes: [node] })]));
    this.#recorder = recorder;
  }

  /** The operations that nodes skipped. */
  get skipped(): readonly Skip[] {
    return this.#skips;
  }

  /** The node begins an operation. */
  begins(node: string, { id }: PlannedOperation): void {
    if (plannedIdOf(id, this.#planned(node)) === undefined) {
      const words = (ids: string) =>
        `${node} performed ${ids}, which was not planned: use the planned id, or append a dot and a suffix to it`;
      this.#doubt({ kind: 'unplanned', node, subject: id, operation: id, words });
    }
    if (this.#begun.has(id)) {
      const words = (ids: string) =>
        `${node} performed ${ids} twice: append a suffix to the planned id, such as ${id}.2`;
      this.#doubt({ kind: 'performed-twice', node, subject: id, operation: id, words });
    }
    this.#begun.add(id);
    const place = Error.stackTraceLimit === 0 ? undefined : callerOutside();
    if (place !== undefined) this.#places.set(id, place);
  }

  /** The node skips an operation. */
  skips(node: string, { id }: PlannedOperation, reason: string): void {
    if (!this.#planned(node).has(id)) throw new Error(`expected a planned operation of ${node}, got ${id}`);
    if (reason === '') throw new Error(`expected a reason why ${node} skips ${id}, got an empty string`);
    this.#skips.push({ node, operation: id, reason });
  }

  /** The nodes that need not end. */
  get daemons(): ReadonlySet<string> {
    return this.#daemons;
  }

  /** The node lives until all others have ended: that may be in the middle of an operation. */
  becomesDaemon(node: string): void {
    this.#daemons.add(node);
  }

  /** @param work the planned work of the node, or of its last process */
  ends(node: string, work: readonly PlannedOperation[]): void {
    for (const operation of this.#recorder.pending) {
      if (operation.node !== node || this.#daemons.has(node)) continue;
      const verb = this.#isOpen ? 'op' : 'perform';
      const words = (names: string) => `${node} ended while ${names} had not returned: await every ${verb}`;
      const { id } = operation;
      const place = this.#places.get(id);
      const subject = `${nameOf(operation)}${place === undefined ? '' : ` (at ${place})`}`;
      this.#doubt({ kind: 'pending', node, subject, operation: id, words });
    }
    if (this.#isOpen) return;
    const ids = new Set(work.map(({ id }) => id));
    const done = new Set(this.#skips.map(({ operation }) => operation));
    for (const { id } of this.#recorder.begunBy(node)) done.add(plannedIdOf(id, ids) ?? id);
    for (const operation of work) {
      const { id } = operation;
      if (done.has(id)) continue;
      const words = (names: string) =>
        `${node} ended without ${names}: perform every operation, or skip(operation, reason)`;
      this.#doubt({ kind: 'not-performed', node, subject: nameOf(operation), operation: id, words });
    }
  }

  /** A node makes a call. */
  calls({ node, owner, isOwn, method, address, isOurs }: MadeCall): void {
    if (node !== OBSERVER) this.#hasCalled = true;
    if (isOwn && isOurs) return;
    const name = shortMethod(method);
    if (!isOwn) {
      const words = (methods: string) =>
        `${node} called ${methods} through the client of ${owner}: give each node its own client`;
      this.#doubt({ kind: 'foreign-client', node, subject: name, words });
    }
    if (!isOurs) {
      const words = (methods: string) =>
        `${node} called ${methods} at ${address}, no member of the run's etcd: use the client or the etcdOptions that the node is given`;
      this.#doubt({ kind: 'foreign-etcd', node, subject: name, words });
    }
  }

  /** All operations of a name have only built writes. @param what one of them has built, such as `put "k"` */
  neverSent(name: string, what: string): void {
    const words = (names: string) =>
      `no operation ${names} has sent what it built, such as ${what}: await it`;
    this.#doubt({ kind: 'not-sent', subject: name, words });
  }

  /**
   * A request that would have changed data outside the run was refused before it was sent. @param why in one
   * line
   */
  refuses(node: string, why: string): void {
    this.#doubt({ kind: 'outside-prefix', node, subject: why, words: (whys) => `${node}: ${whys}` });
  }

  /** @param keys with the prefix that also exist without it */
  sharesNames(keys: ReadonlySet<string>, prefix: string): void {
    const words = (names: string) =>
      `the log cannot tell ${names} from the same key without ${prefix}: begin every key with the prefix, or none`;
    for (const subject of keys) this.#doubt({ kind: 'ambiguous-key', subject, words });
  }

  /** @param operations all of the run. @param problems the other problems of the run */
  problems(operations: readonly Operation[], problems: readonly Problem[]): readonly Problem[] {
    const doubts = [...this.#drafts.values()].map(
      ({ kind, node, subjects, words, operations: ids }): Doubt => ({
        kind,
        message: words(listed(subjects)),
        ...(node === undefined ? {} : { node }),
        operations: ids,
      }),
    );
    // A node that waits for ever, or threw, explains why others have not performed their work.
    const isMuch = problems.length > 0;
    const found = [...problems, ...doubts.filter(({ kind }) => !isMuch || kind !== 'not-performed')];
    if (found.length > 0 || operations.some(({ outcome }) => outcome?.kind === 'ok')) return found;
    const planned = !this.#isOpen && [...this.#plannedOf.values()].some((ids) => ids.size > 0);
    // A scenario without operations checks the log, and its own readings.
    if (!planned && operations.length === 0 && this.#hasCalled) return found;
    return [{ kind: 'nothing-succeeded', message: this.#nothingOf(operations), operations: [] }];
  }

  #doubt(doubt: {
    readonly kind: DoubtKind;
    readonly node?: string;
    readonly subject: string;
    readonly operation?: string;
    readonly words: (subjects: string) => string;
  }): void {
    const { kind, node, subject, operation, words } = doubt;
    const key = `${kind} ${node ?? ''}`;
    const draft = this.#drafts.get(key) ?? { kind, node, subjects: [], words, operations: [] };
    this.#drafts.set(key, draft);
    if (!draft.subjects.includes(subject)) draft.subjects.push(subject);
    if (operation !== undefined && !draft.operations.includes(operation)) draft.operations.push(operation);
  }

  #nothingOf(operations: readonly Operation[]): string {
    if (this.#plannedOf.size === 0) return 'there is no node, so nothing was performed';
    if (operations.length === 0) {
      const calls = this.#isOpen ? ', and no node has called etcd' : '';
      return `no operation was performed${calls}, so there is nothing to judge`;
    }
    const failed = operations.filter(({ outcome }) => outcome?.kind === 'failed').length;
    return `no operation succeeded: ${failed} failed, and ${operations.length - failed} may have happened`;
  }

  #planned(node: string): ReadonlySet<string> {
    return this.#plannedOf.get(node) ?? new Set();
  }
}

function nameOf({ name, id }: Pick<PlannedOperation, 'name' | 'id'>): string {
  return `${name} ${id}`;
}

function listed(subjects: readonly string[]): string {
  const shown = subjects.slice(0, SUBJECTS_MAX).join(', ');
  return subjects.length > SUBJECTS_MAX ? `${shown} and ${subjects.length - SUBJECTS_MAX} more` : shown;
}
