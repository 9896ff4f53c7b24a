/**
 * Requests of several steps, written in the order in which they happen: a generator yields each operation and
 * waits for it. Invariant: steps that can be answered at once are taken at once. After a cancellation, only
 * steps that outlive the call begin.
 */
import { ERRORS } from '../errors.js';
import { failed, type Result } from '../result.js';

/** An operation that ends later, or at once, with a result. */
export interface Operation<T> {
  /** Begins, and returns how to give up without calling `done`. */
  start(done: (result: Result<T>) => void): () => void;
  /** Continues, or even begins, after the client has given up. */
  readonly outlivesCall: boolean;
}

/** A request of several steps. */
export type Procedure<T> = Generator<Operation<unknown>, Result<T>, Result<unknown>>;

/** Waits for an operation within a procedure. */
export function* perform<T>(operation: Operation<T>): Procedure<T> {
  // The runner resumes a procedure with the result of the operation that it yielded.
  return (yield operation) as Result<T>;
}

/**
 * Runs a procedure to its end.
 *
 * @param done hears the result; called before this returns if no step has to wait
 * @returns cancels: the current step, and each later one, ends in `contextCanceled` unless it outlives the
 * call
 */
export function runProcedure<T>(procedure: Procedure<T>, done: (result: Result<T>) => void): () => void {
  const run = new Run(procedure, done);
  run.begin();
  return () => run.cancel();
}

const CANCELLED = failed(ERRORS.contextCanceled);

interface Waiting {
  readonly operation: Operation<unknown>;
  giveUp: (() => void) | undefined;
  result: Result<unknown> | undefined;
}

class Run<T> {
  readonly #procedure: Procedure<T>;
  readonly #done: (result: Result<T>) => void;
  #waiting: Waiting | undefined;
  #cancelled = false;

  constructor(procedure: Procedure<T>, done: (result: Result<T>) => void) {
    this.#procedure = procedure;
    this.#done = done;
  }

  begin(): void {
    this.#go(this.#procedure.next());
  }

  cancel(): void {
    if (this.#cancelled) return;
    this.#cancelled = true;
    const waiting = this.#waiting;
    if (waiting === undefined || waiting.operation.outlivesCall) return;
    waiting.giveUp?.();
    this.#resume(waiting, CANCELLED);
  }

  /** Takes steps until one has to wait. It is a loop because any number of them may be answered at once. */
  #go(step: IteratorResult<Operation<unknown>, Result<T>>): void {
    while (step.done !== true) {
      const result = this.#start(step.value);
      if (result === undefined) return;
      step = this.#procedure.next(result);
    }
    this.#waiting = undefined;
    this.#done(step.value);
  }

  /** The result, if it is available at once. */
  #start(operation: Operation<unknown>): Result<unknown> | undefined {
    if (this.#cancelled && !operation.outlivesCall) return CANCELLED;
    const waiting: Waiting = { operation, giveUp: undefined, result: undefined };
    this.#waiting = waiting;
    let isStarting = true;
    const giveUp = operation.start((result) => {
      if (isStarting) waiting.result = result;
      else this.#resume(waiting, result);
    });
    isStarting = false;
    waiting.giveUp = giveUp;
    return waiting.result;
  }

  #resume(waiting: Waiting, result: Result<unknown>): void {
    if (this.#waiting !== waiting) return;
    this.#waiting = undefined;
    this.#go(this.#procedure.next(result));
  }
}
