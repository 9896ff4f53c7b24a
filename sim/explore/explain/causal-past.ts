/**
 * What had to happen for a violation: from the operations and revisions of its witness back to what they read, who
 * had written that, and what the same node had done to the same keys before. Invariant: a pure function; every step
 * is in the record of calls, and comes before what it led to.
 *
 * Not everything that came before counts. Of the witness's own operations all that they read does; of any other only
 * what concerns a key that the witness touched and had happened before the write for which the operation is there. A
 * version that was overwritten unseen counts where the operation that overwrote it is of the witness, or had read an
 * older version. What is nearest is taken first, until there are {@link STEPS_MAX} steps.
 */
import { authorsOf, type Call, type CallMoment, type Written } from '../../history/calls.js';
import type { Crash, LogEntry, Operation } from '../../history/history.js';
import type { Moment } from '../../history/moment.js';
import { causeOf, KEYS_MAX, nameOf, putsKey, writeText } from './call-text.js';
import { OBSERVER } from '../../scenario/expect-nodes.js';

/** A past has at most so many steps: what fits on a page. */
export const STEPS_MAX = 40;

/** Of one operation at most so many reads count, the last ones. */
const READS_MAX = 8;

/** Of what a node did before something of its own at most so many calls count, the last ones. */
const LEAD_UP_MAX = 6;

/** What a check found. */
export interface Witness {
  /** Ids of operations. */
  readonly operations: readonly string[];
  readonly revisions: readonly number[];
  /** Nodes whose last calls until then led to it: code of theirs has thrown. */
  readonly nodes?: readonly { readonly node: string; readonly untilUs: number }[];
}

/** A fault that acted for a while. */
export interface ActingFault {
  readonly text: string;
  /** Whose calls it can have hit; undefined for everybody's. */
  readonly node?: string;
  readonly fromUs: number;
  readonly untilUs: number;
}

export interface RecordedRun {
  /** Their outcomes, too. */
  readonly operations: readonly Operation[];
  readonly calls: readonly Call[];
  readonly log: readonly LogEntry[];
  readonly crashes?: readonly Crash[];
  /** Those that hit something. */
  readonly faults?: readonly ActingFault[];
}

export interface PastStep {
  readonly moment: Moment;
  /** Undefined for a fault that is nobody's in particular. */
  readonly node?: string;
  /** The id of the operation in which it happened. */
  readonly operation?: string;
  readonly kind: 'read' | 'wrote' | 'ended' | 'died' | 'fault';
  /** Such as `read lock/a of revision 3, which n2-1.lock had put`. */
  readonly what: string;
  readonly revision?: number;
  /** It is of an operation that the check names, or that made a revision which it names. */
  readonly ofWitness: boolean;
}

export interface CausalPast {
  /** The most recent last. */
  readonly steps: readonly PastStep[];
  /** False where something was left out for want of room. */
  readonly complete: boolean;
}

/** An operation, or a call outside of any, whose past is to be looked at. */
interface Cause {
  readonly id: string;
  /** What it did before counts. */
  readonly beforeOrder: number;
}

/** A version that is gone since somebody else wrote over it. */
interface OverwrittenVersion {
  readonly key: string;
  readonly revision: number;
  readonly author: Call;
}

export function causalPast(run: RecordedRun, witness: Witness): CausalPast {
  return new Past(run, witness).collect();
}

class Past {
  readonly #run: RecordedRun;
  readonly #witness: ReadonlySet<string>;
  readonly #authors: ReadonlyMap<number, Call>;
  readonly #byCause = new Map<string, Call[]>();
  /** The revisions of each key, in order. */
  readonly #revisions = new Map<string, number[]>();
  /** Keys that the witness touched. */
  readonly #relevant = new Set<string>();
  readonly #steps = new Map<string, PastStep>();
  readonly #queue: Cause[] = [];
  #complete = true;

  constructor(run: RecordedRun, witness: Witness) {
    this.#run = run;
    this.#authors = authorsOf(run.calls);
    for (const call of run.calls) {
      const id = causeOf(call);
      const own = this.#byCause.get(id);
      if (own === undefined) this.#byCause.set(id, [call]);
      else own.push(call);
    }
    for (const { revision, events } of run.log) {
      for (const { key } of events) {
        const known = this.#revisions.get(key);
        if (known === undefined) this.#revisions.set(key, [revision]);
        else known.push(revision);
      }
    }
    const authors = witness.revisions.map((revision) => this.#authors.get(revision));
    const ids = [
      ...witness.operations,
      ...witness.operations.flatMap((id) => this.#leadUpTo(id)),
      ...(witness.nodes ?? []).flatMap(({ node, untilUs }) => this.#lastCallsOf(node, untilUs)),
      ...authors.flatMap((call) => (call === undefined ? [] : [causeOf(call)])),
    ];
    this.#witness = new Set(ids);
    for (const revision of witness.revisions)
      for (const key of this.#keysOf(revision)) this.#relevant.add(key);
  }

  collect(): CausalPast {
    for (const id of this.#witness) {
      this.#queue.push({ id, beforeOrder: Infinity });
      for (const call of this.#byCause.get(id) ?? []) {
        if (call.reads.length > READS_MAX) this.#complete = false;
        for (const { key } of call.reads.slice(-READS_MAX)) this.#relevant.add(key);
        for (const { key } of call.wrote?.changes ?? []) this.#relevant.add(key);
        for (const look of call.looks) if (look.rangeEnd === undefined) this.#relevant.add(look.key);
      }
    }
    for (const id of this.#witness) this.#addEnding(id);
    const seen = new Set<string>();
    for (let cause = this.#queue.shift(); cause !== undefined; cause = this.#queue.shift()) {
      const { id, beforeOrder } = cause;
      const name = `${beforeOrder} ${id}`;
      if (seen.has(name)) continue;
      if (this.#isFull) {
        this.#complete = false;
        break;
      }
      seen.add(name);
      this.#follow(cause);
    }
    this.#addMishaps();
    const steps = [...this.#steps.values()].sort(inOrder);
    return { steps, complete: this.#complete };
  }

  /** What its node did before an operation that has no call of its own: such as a lock that was taken around it. */
  #leadUpTo(id: string): string[] {
    const operation = this.#run.operations.find((candidate) => candidate.id === id);
    if (operation === undefined || this.#byCause.has(id)) return [];
    return this.#lastCallsOf(operation.node, operation.invoke.timeUs);
  }

  /** What the node did until then outside of any operation, the last calls that are about keys. */
  #lastCallsOf(node: string, untilUs: number): string[] {
    const calls = this.#run.calls.filter(
      (call) =>
        call.node === node &&
        call.operation === undefined &&
        call.sent.timeUs <= untilUs &&
        (call.reads.length > 0 || call.looks.length > 0 || call.wrote !== undefined),
    );
    return calls.slice(-LEAD_UP_MAX).map(causeOf);
  }

  /** What the operation read, what it wrote, and what its node had done to the same keys before. */
  #follow({ id, beforeOrder }: Cause): void {
    const ofWitness = this.#witness.has(id);
    const calls = (this.#byCause.get(id) ?? []).filter(({ sent }) => sent.order <= beforeOrder);
    const touched = new Set<string>();
    for (const call of [...calls].reverse()) {
      const { wrote, sent } = call;
      const keys = (wrote?.changes ?? []).map(({ key }) => key);
      if (wrote !== undefined && (ofWitness || keys.some((key) => this.#relevant.has(key)))) {
        for (const key of keys) touched.add(key);
        const overwritten = this.#overwrittenUnseen(id, wrote);
        const over = overwritten.map(({ key, revision, author }) => {
          return `; overwrote ${key} of revision ${revision}, which ${nameOf(author)} had put`;
        });
        const what = writeText(call, this.#relevant) + over.join('');
        this.#add(`wrote ${wrote.revision}`, call, wrote.at ?? sent, {
          ...{ kind: 'wrote', what, revision: wrote.revision },
        });
        for (const author of [
          ...overwritten.map((version) => version.author),
          ...this.#overwriters(id, wrote),
        ])
          this.#queue.push({ id: causeOf(author), beforeOrder: author.sent.order });
      }
      const reads = call.reads.filter(({ key, at }) => at.order < beforeOrder && this.#relevant.has(key));
      if (reads.length > READS_MAX) this.#complete = false;
      for (const { key, revision, deletes, at } of reads.slice(-READS_MAX)) {
        touched.add(key);
        const verb = deletes === true ? 'was told of the deletion of' : 'read';
        this.#addRead(call, key, revision, at, `${verb} ${key} of revision ${revision}`);
      }
      for (const look of call.looks) {
        if (look.rangeEnd !== undefined || !look.complete || look.at.order >= beforeOrder) continue;
        if (call.reads.some(({ key }) => key === look.key) || !this.#relevant.has(look.key)) continue;
        touched.add(look.key);
        const deletion = this.#deletionSeen(look.key, look.revision);
        this.#addRead(call, look.key, deletion, look.at, `read that ${look.key} was not there`);
      }
    }
    const [first] = calls;
    if (first !== undefined) this.#followNode(id, first, touched);
  }

  /**
   * The versions that a write replaced and its operation had never read, although it is of the witness or had read an
   * older one: a lost update, seen from the update that won.
   */
  #overwrittenUnseen(id: string, { revision: made, changes }: Written): OverwrittenVersion[] {
    const reads = (this.#byCause.get(id) ?? []).flatMap((call) => call.reads);
    return changes.slice(0, KEYS_MAX).flatMap(({ key }) => {
      if (!this.#relevant.has(key)) return [];
      const revision = this.#revisions.get(key)?.findLast((candidate) => candidate < made);
      const author = revision === undefined ? undefined : this.#authors.get(revision);
      if (revision === undefined || author === undefined || causeOf(author) === id) return [];
      if (author.node === OBSERVER || !putsKey(author, key)) return [];
      const own = reads.filter((read) => read.key === key);
      if (own.some((read) => read.revision >= revision && read.revision < made)) return [];
      return this.#witness.has(id) || own.length > 0 ? [{ key, revision, author }] : [];
    });
  }

  /** The calls that wrote over what an operation of the witness had put, and whose operations had read an older version. */
  #overwriters(id: string, { revision: made, changes }: Written): Call[] {
    if (!this.#witness.has(id)) return [];
    return changes.slice(0, KEYS_MAX).flatMap(({ key }) => {
      const revision = this.#revisions.get(key)?.find((candidate) => candidate > made);
      const author = revision === undefined ? undefined : this.#authors.get(revision);
      if (author?.wrote === undefined) return [];
      const unseen = this.#overwrittenUnseen(causeOf(author), author.wrote);
      return unseen.some((version) => version.revision === made) ? [author] : [];
    });
  }

  /** For every key the last operation of the same node that wrote it before. */
  #followNode(id: string, { node, sent }: Call, touched: ReadonlySet<string>): void {
    for (const key of touched) {
      const before = this.#run.calls.findLast(
        (call) =>
          call.node === node &&
          causeOf(call) !== id &&
          (call.wrote?.at ?? call.sent).order < sent.order &&
          call.wrote?.changes.some((change) => change.key === key) === true,
      );
      if (before !== undefined) this.#queue.push({ id: causeOf(before), beforeOrder: before.sent.order });
    }
  }

  #addRead(call: Call, key: string, revision: number | undefined, at: CallMoment, what: string): void {
    const author = revision === undefined ? undefined : this.#authors.get(revision);
    if (author !== undefined && causeOf(author) === causeOf(call)) return;
    const change = author?.wrote?.changes.find((candidate) => candidate.key === key);
    const verb = change?.type === 'delete' ? 'deleted' : 'put';
    const whose = author === undefined ? '' : `, which ${nameOf(author)} had ${verb}`;
    const added = this.#add(`read ${causeOf(call)} ${key} ${revision}`, call, at, {
      ...{ kind: 'read', what: what + whose },
      ...(revision === undefined ? {} : { revision }),
    });
    // What the author read for its write came before that was sent; of the read itself nothing more is known.
    if (added && author !== undefined)
      this.#queue.push({ id: causeOf(author), beforeOrder: author.sent.order });
  }

  /** How an operation of the witness ended. */
  #addEnding(id: string): void {
    const operation = this.#run.operations.find((candidate) => candidate.id === id);
    if (operation === undefined) return;
    const { node, outcome } = operation;
    const moment = operation.return ?? operation.invoke;
    const what = outcome === undefined ? 'began and never returned' : `ended ${outcome.kind}`;
    this.#insert(`ended ${id}`, { moment, node, operation: id, kind: 'ended', what, ofWitness: true });
  }

  /** Deaths of the processes and faults that hit the calls of the past. */
  #addMishaps(): void {
    const known = [...this.#steps.values()];
    const last = Math.max(...known.map(({ moment }) => moment.sequence));
    const first = Math.min(...known.map(({ moment }) => moment.sequence));
    const nodes = new Set(known.map(({ node }) => node));
    for (const { node, at } of this.#run.crashes ?? []) {
      if (!nodes.has(node) || at.sequence < first || at.sequence > last) continue;
      this.#insert(`died ${node} ${at.sequence}`, {
        ...{ moment: at, node, kind: 'died', what: 'its process died', ofWitness: false },
      });
    }
    const ids = new Set(known.flatMap(({ operation }) => operation ?? []));
    const unanswered = this.#run.calls.filter(
      ({ answered, operation }) => !answered && operation !== undefined && ids.has(operation),
    );
    for (const { text, node, fromUs, untilUs } of this.#run.faults ?? []) {
      const hit = unanswered.find(
        (call) =>
          (node === undefined || call.node === node) &&
          call.sent.timeUs <= untilUs &&
          (call.returned?.timeUs ?? Infinity) >= fromUs,
      );
      if (hit === undefined) continue;
      const moment = { sequence: hit.sent.sequence, timeUs: fromUs };
      const of = node === undefined ? {} : { node };
      this.#insert(`fault ${text} ${fromUs}`, { moment, ...of, kind: 'fault', what: text, ofWitness: false });
    }
  }

  #add(
    name: string,
    { node, operation }: Call,
    moment: Moment,
    step: Pick<PastStep, 'kind' | 'what' | 'revision'>,
  ): boolean {
    const ofWitness = operation !== undefined && this.#witness.has(operation);
    const by = operation === undefined ? {} : { operation };
    return this.#insert(name, { moment, node, ...by, ...step, ofWitness });
  }

  /** False where it is there already, or no room is left. */
  #insert(name: string, step: PastStep): boolean {
    if (this.#steps.has(name)) return false;
    if (this.#isFull) {
      this.#complete = false;
      return false;
    }
    this.#steps.set(name, step);
    return true;
  }

  get #isFull(): boolean {
    return this.#steps.size >= STEPS_MAX;
  }

  #keysOf(revision: number): string[] {
    const entry = this.#run.log.find((candidate) => candidate.revision === revision);
    return (entry?.events ?? []).map(({ key }) => key);
  }

  /** The revision at which the key was deleted that was not there at this one. */
  #deletionSeen(key: string, revision: number): number | undefined {
    const last = this.#run.log.findLast(
      (entry) => entry.revision <= revision && entry.events.some((event) => event.key === key),
    );
    return last?.events.some((event) => event.key === key && event.type === 'delete') === true
      ? last.revision
      : undefined;
  }
}

/** A fault has no number of its own, but a time. A moment of a call comes behind that of the history whose number it has. */
function inOrder(left: PastStep, right: PastStep): number {
  return (
    left.moment.timeUs - right.moment.timeUs ||
    left.moment.sequence - right.moment.sequence ||
    orderOf(left) - orderOf(right)
  );
}

function orderOf({ moment }: PastStep): number {
  return 'order' in moment && typeof moment.order === 'number' ? moment.order : -1;
}
