/**
 * The steps found so far in the past of a witness, and the causes still to visit. Invariant: a step is added
 * once, and its cause is queued with it.
 */
import type { Call, CallMoment } from '../../history/calls.js';
import type { Moment } from '../../history/moment.js';
import { stepOfLeaseEnd, stepOfRevocation } from './mishaps.js';
import { WEIGHTS, type PastStep, type RecordedRun } from './recorded-run.js';
import { causeOf, RunIndex } from './run-index.js';
import { StepBook } from './step-book.js';

/** An operation, or a call outside of any, whose past is to be visited. */
export interface Cause {
  readonly id: string;
  /** Only its earlier calls count. */
  readonly beforeOrder: number;
}

export class Telling {
  readonly index: RunIndex;
  /** Causes that the check names, or that led up to those. */
  readonly witness = new Set<string>();
  /** Keys that the witness touched. */
  readonly relevant = new Set<string>();
  readonly book = new StepBook();
  readonly queue: Cause[] = [];

  /** @param named the operations that the check names, and those that led up to an operation without calls */
  constructor(
    readonly run: RecordedRun,
    readonly named: ReadonlySet<string>,
  ) {
    this.index = new RunIndex(run);
  }

  isOwn(call: Call, revision: number): boolean {
    const author = this.index.author(revision);
    return author !== undefined && causeOf(author) === causeOf(call);
  }

  /**
   * Queues the call that made a revision; if no call made it, adds its cause at once.
   *
   * @param beforeOrder only its earlier calls count; by default those before its own request
   */
  addMaker(revision: number | undefined, beforeOrder: number | undefined): void {
    const maker = this.index.makerOf(revision);
    if (maker?.kind === 'call') {
      const { call } = maker;
      this.queue.push({
        id: causeOf(call),
        beforeOrder: Math.min(beforeOrder ?? Infinity, call.sent.order),
      });
    }
    if (maker?.kind === 'expiry') {
      this.book.insertMishap(`expired ${revision}`, stepOfLeaseEnd(this.index, maker.end));
    }
    if (maker?.kind === 'fault') {
      const { text, fromUs } = maker.fault;
      this.book.insertMishap(`fault ${text} ${fromUs}`, stepOfRevocation(this.index, maker.fault));
    }
  }

  /** When the last operation of the witness ended; infinite if one still waits. */
  get lastUs(): number {
    if (this.run.stuck !== undefined) return Infinity;
    const ends = [...this.witness].map((id) => this.index.operation(id)?.return?.timeUs ?? 0);
    return Math.max(0, ...ends) || Infinity;
  }

  isOfWitness(call: Call): boolean {
    return this.witness.has(causeOf(call));
  }

  /** The setup's actions weigh little; the witness's weigh more. */
  weigh(call: Call, weight: number): number {
    if (this.index.nodeOf(call) === 'setup') return WEIGHTS.setup;
    return this.isOfWitness(call) ? weight + WEIGHTS.ofWitness : weight;
  }

  add(
    name: string,
    call: Call,
    moment: Moment | CallMoment,
    step: Pick<PastStep, 'kind' | 'what' | 'revision' | 'weight'>,
  ): boolean {
    const { operation } = call;
    const ofWitness = operation !== undefined && this.witness.has(operation);
    const by = operation === undefined ? {} : { operation };
    return this.book.insert(name, { moment, node: this.index.nodeOf(call), ...by, ...step, ofWitness });
  }
}
