/**
 * The causes of a violation. From the operations and revisions of its witness it goes back to their reads and
 * refusals, to the writers of those, and to what the same node had done to the same keys before. Invariant: a
 * pure function; every step is in the record of calls, and precedes its effect.
 *
 * Not everything that came before counts. For the witness's own operations, all their reads count. For any
 * other, only what concerns a key of the witness and preceded the write for which the operation is included.
 * A version that was overwritten unseen counts if the overwriting operation belongs to the witness, or had
 * read an older version. The nearest causes come first, until the {@link StepBook} is full. Each has a
 * weight, by which a story chooses among them.
 */
import type { Call, Written } from '../../history/calls.js';
import { KEYS_MAX, writeText } from './call-text.js';
import { LostUpdates } from './lost-updates.js';
import { callsServed, stepsOfNodeCalls } from './node-calls.js';
import { withBeginnings } from './beginnings.js';
import { endingText, stepsOfBreakers, stepsOfMishaps } from './mishaps.js';
import { missedChanges, type Missed } from './missed-changes.js';
import { READS_MAX, Reads } from './reads.js';
import { receivedChanges, type Received } from './received-changes.js';
import { Refusals } from './refusals.js';
import { RepeatedWrites } from './repeated-writes.js';
import { WEIGHTS, type CausalPast, type RecordedRun, type Witness } from './recorded-run.js';
import { causeOf } from './run-index.js';
import { Surroundings } from './surroundings.js';
import { Telling, type Cause } from './telling.js';

/** How many nodes that missed a change count. */
const MISSED_MAX = 3;

export function causalPast(run: RecordedRun, witness: Witness): CausalPast {
  return new Past(run, witness).collect();
}

class Past {
  readonly #story: Telling;
  readonly #reads: Reads;
  readonly #refusals: Refusals;
  readonly #around: Surroundings;
  readonly #lost: LostUpdates;
  readonly #missed: readonly Missed[];
  /** Those of the witness. */
  readonly #revisions: ReadonlySet<number>;
  /** Changes of the witness that no call made: a lease ran out. */
  readonly #unmade: readonly number[];
  readonly #received: readonly Received[];
  readonly #repeated: RepeatedWrites;
  /** Those that the witness names without an operation. */
  readonly #nodes: NonNullable<Witness['nodes']>;

  constructor(run: RecordedRun, { operations, revisions, nodes = [] }: Witness) {
    const named = new Set(operations);
    const story = new Telling(run, named);
    this.#story = story;
    this.#nodes = nodes;
    this.#reads = new Reads(story);
    this.#refusals = new Refusals(story);
    this.#around = new Surroundings(story);
    this.#lost = new LostUpdates(story.index, story.named, story.relevant);
    const authors = revisions.map((revision) => story.index.author(revision));
    this.#revisions = new Set(revisions);
    this.#repeated = new RepeatedWrites(run.calls);
    this.#unmade = revisions.filter((revision) => story.index.author(revision) === undefined);
    const putsBefore = this.#unmade.flatMap((revision) =>
      story.index
        .keysOf(revision)
        .map((key) => story.index.author(story.index.versionAt(key, revision - 1)?.revision)),
    );
    const made = [...authors, ...putsBefore].flatMap((call) => (call === undefined ? [] : [causeOf(call)]));
    const changes = revisions.flatMap((revision) =>
      story.index.keysOf(revision).map((key) => ({ key, revision })),
    );
    this.#missed = missedChanges(run.calls, changes).slice(0, MISSED_MAX);
    // Code that received a change and ignored it has nothing else to show for it.
    this.#received = operations.length === 0 ? receivedChanges(run.calls, changes) : [];
    for (const id of [
      ...operations,
      ...operations.flatMap((one) => [...this.#around.leadUpTo(one), ...this.#around.heldDuring(one)]),
      ...callsServed(run, operations).flatMap(({ to, at, returned }) =>
        this.#around.lastCallsOf(to, returned?.timeUs ?? Infinity, at.timeUs),
      ),
      ...nodes.flatMap(({ node, untilUs }) => this.#around.lastOf(node, untilUs)),
      // When a test finds something wrong at the end, the last writes matter.
      ...(operations.length === 0 ? made : []),
      ...this.#missed.flatMap(({ read }) => (read === undefined ? [] : [causeOf(read)])),
    ])
      named.add(id);
    for (const id of [...named, ...made]) story.witness.add(id);
    for (const { key } of changes) story.relevant.add(key);
  }

  collect(): CausalPast {
    for (const revision of this.#unmade) this.#story.addMaker(revision, undefined);
    for (const id of this.#story.witness) {
      this.#story.queue.push({ id, beforeOrder: Infinity });
      for (const call of this.#story.index.callsOf(id)) this.#findRelevant(call);
    }
    for (const id of this.#story.witness) {
      this.#addEnding(id);
      for (const inner of this.#around.within(id)) this.#addEnding(inner, true);
    }
    for (const call of [...this.#refusals.missedDeletes(), ...this.#refusals.refusedReturns(this.#unmade)])
      this.#refusals.add(call, Infinity);
    for (const revision of this.#lastChanges()) this.#story.addMaker(revision, undefined);
    for (const missed of this.#missed) this.#reads.addMissed(missed);
    for (const received of this.#received) this.#reads.addReceived(received);
    for (const id of this.#story.witness) this.#reads.addWatches(id);
    for (const call of this.#lost.until(this.#story.lastUs))
      this.#story.queue.push({ id: causeOf(call), beforeOrder: call.sent.order });
    const seen = new Set<string>();
    for (let cause = this.#story.queue.shift(); cause !== undefined; cause = this.#story.queue.shift()) {
      const { id, beforeOrder } = cause;
      const name = `${beforeOrder} ${id}`;
      if (seen.has(name)) continue;
      if (this.#story.book.isFull) {
        this.#story.book.complete = false;
        break;
      }
      seen.add(name);
      this.#follow(cause);
    }
    for (const [name, step] of stepsOfNodeCalls(this.#story.index, this.#story.named, this.#story.lastUs))
      this.#story.book.insert(name, step);
    for (const [name, step] of stepsOfBreakers(this.#story.index, this.#story.book.inOrder, this.#nodes))
      this.#story.book.insertMishap(name, step);
    for (const [name, step] of stepsOfMishaps(this.#story.index, this.#story.book.inOrder))
      this.#story.book.insertMishap(name, step);
    return {
      steps: withBeginnings(this.#story.index, this.#story.book.inOrder),
      complete: this.#story.book.complete,
    };
  }

  #findRelevant({ reads, looks, wrote, puts = [], deletes = [], failed }: Call): void {
    if (reads.length > READS_MAX) this.#story.book.complete = false;
    const keys = [
      ...reads.slice(-READS_MAX).map(({ key }) => key),
      ...(wrote?.changes ?? []).map(({ key }) => key),
      ...looks.filter(({ rangeEnd }) => rangeEnd === undefined).map(({ key }) => key),
      ...puts,
      ...deletes.filter(({ rangeEnd }) => rangeEnd === undefined).map(({ key }) => key),
      ...(failed === undefined ? [] : [failed.key]),
    ];
    for (const key of keys) this.#story.relevant.add(key);
  }

  /** What the operation read and wrote, and what its node had done to the same keys before. */
  #follow({ id, beforeOrder }: Cause): void {
    const ofWitness = this.#story.witness.has(id);
    const calls = this.#story.index.callsOf(id).filter(({ sent }) => sent.order <= beforeOrder);
    const touched = new Set<string>();
    if (!ofWitness) this.#addEnding(id);
    for (const call of [...calls].reverse()) {
      const { wrote } = call;
      const changed = (wrote?.changes ?? []).map(({ key }) => key);
      if (wrote !== undefined && (ofWitness || changed.some((key) => this.#story.relevant.has(key)))) {
        for (const key of changed) touched.add(key);
        const isTold = this.#revisions.has(wrote.revision) || this.#repeated.isAmongLast(call, beforeOrder);
        if (isTold || !call.answered || this.#lost.overwrittenUnseen(id, wrote).length > 0)
          this.#addWrite(id, call, wrote);
        else this.#story.book.complete = false;
      }
      this.#refusals.add(call, beforeOrder);
      this.#reads.addLooks(call, beforeOrder, touched);
    }
    this.#reads.addReads([...calls].reverse(), beforeOrder, touched);
    const [first] = calls;
    if (first !== undefined) this.#followNode(id, first, touched);
  }

  #addWrite(id: string, call: Call, wrote: Written): void {
    if (this.#story.index.makerOf(wrote.revision)?.kind === 'fault') {
      this.#story.addMaker(wrote.revision, Infinity);
      return;
    }
    const ofWitness = this.#story.witness.has(id);
    const overwritten = this.#lost.overwrittenUnseen(id, wrote);
    const isLast = this.#story.run.stuck !== undefined && this.#lastChanges().includes(wrote.revision);
    const isHeavy = overwritten.length > 0 || isLast || (call.missed ?? []).length > 0;
    const weight = this.#story.weigh(call, isHeavy ? WEIGHTS.overwrote : WEIGHTS.wrote);
    this.#story.add(`wrote ${wrote.revision}`, call, this.#story.index.madeAt(call), {
      ...{ kind: 'wrote', what: writeText(this.#story.index, call, this.#story.relevant, overwritten) },
      ...{ revision: wrote.revision, weight: call.answered ? weight : weight + WEIGHTS.unanswered },
    });
    for (const { key, type } of wrote.changes.slice(0, KEYS_MAX)) {
      if (type === 'put' && this.#story.named.has(id)) this.#addDeletion(key, wrote.revision);
      const before = this.#story.index.versionAt(key, wrote.revision - 1);
      if (before?.type !== 'delete' || !this.#story.relevant.has(key)) continue;
      const isCall = this.#story.index.makerOf(before.revision)?.kind === 'call';
      if (ofWitness || !isCall) this.#story.addMaker(before.revision, call.sent.order);
    }
    this.#followMissed(call, wrote.revision);
    for (const author of [
      ...overwritten.map((version) => version.author),
      ...this.#lost.overwriters(id, wrote),
    ])
      this.#story.queue.push({ id: causeOf(author), beforeOrder: author.sent.order });
  }

  /** A key that its transaction deleted too was gone by then: its deletion is a cause. */
  #followMissed({ missed = [] }: Call, revision: number): void {
    for (const { key, rangeEnd } of missed.slice(0, KEYS_MAX)) {
      if (rangeEnd !== undefined) continue;
      this.#story.relevant.add(key);
      const before = this.#story.index.versionAt(key, revision - 1);
      if (before?.type === 'delete') this.#story.addMaker(before.revision, undefined);
    }
  }

  /** Another client, or etcd, deleted what the witness had put before its end. */
  #addDeletion(key: string, put: number): void {
    const next = this.#story.index.versionAfter(key, put);
    const maker = next?.type === 'delete' ? this.#story.index.makerOf(next.revision) : undefined;
    if (maker === undefined) return;
    const at = maker.kind === 'call' ? this.#story.index.madeAt(maker.call).timeUs : 0;
    if (maker.kind === 'call' && (at > this.#story.lastUs || this.#cleansUp(maker.call, put))) return;
    this.#story.addMaker(next?.revision, undefined);
  }

  /** The author of the key deletes it, or its node does so outside of any operation. */
  #cleansUp(call: Call, put: number): boolean {
    if (this.#story.isOwn(call, put)) return true;
    return call.operation === undefined && call.node === this.#story.index.author(put)?.node;
  }

  /** In a stuck run, the last changes of the witness's keys matter. */
  #lastChanges(): number[] {
    if (this.#story.run.stuck === undefined) return [];
    const last = [...this.#story.relevant].flatMap(
      (key) => this.#story.index.versionAt(key, Infinity)?.revision ?? [],
    );
    return [...new Set(last)].sort((left, right) => right - left).slice(0, KEYS_MAX);
  }

  /** For every key, the last earlier operation of the same node that wrote it. */
  #followNode(id: string, { node, sent }: Call, touched: ReadonlySet<string>): void {
    for (const key of touched) {
      const before = this.#story.run.calls.findLast(
        (call) =>
          call.node === node &&
          causeOf(call) !== id &&
          (call.wrote?.at ?? call.sent).order < sent.order &&
          call.wrote?.changes.some((change) => change.key === key) === true,
      );
      if (before !== undefined)
        this.#story.queue.push({ id: causeOf(before), beforeOrder: before.sent.order });
    }
  }

  /** How an operation of the witness ended; for any other, only if it did not end well. */
  #addEnding(id: string, ofWitness = this.#story.witness.has(id)): void {
    const operation = this.#story.index.operation(id);
    if (operation === undefined) return;
    const { node, outcome } = operation;
    const matters = outcome?.kind === 'failed' ? this.#story.run.stuck !== undefined : outcome?.kind !== 'ok';
    if (!ofWitness && !matters) return;
    const moment = operation.return ?? operation.invoke;
    const weight = outcome?.kind === 'ok' ? WEIGHTS.endedWell : WEIGHTS.endedBadly;
    const what = endingText(operation);
    this.#story.book.insert(`ended ${id}`, {
      moment,
      node,
      operation: id,
      kind: 'ended',
      what,
      ofWitness,
      weight,
    });
  }
}
