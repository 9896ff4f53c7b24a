/**
 * Worker processes that share a list of cells, each with one at a time. Invariant: results come in the order of the
 * cells; where one fails, all workers end and the whole does.
 */
import { fork, type ChildProcess } from 'node:child_process';
import type { Cell, Measurement } from './cells.js';

type Answer = { readonly measurement: Measurement } | { readonly error: string };

export interface PoolRequest {
  readonly cells: readonly Cell[];
  readonly workers: number;
  /** The script of a worker. */
  readonly script: URL;
  /** Told after every cell of all that are done, in the order of the cells, and of the one that was last. */
  progress(measured: readonly Measurement[], last: Measurement): void;
}

export async function measureAll(request: PoolRequest): Promise<readonly Measurement[]> {
  const { cells, script, progress } = request;
  const results: Measurement[] = [];
  let next = 0;
  const children: ChildProcess[] = [];
  const work = async () => {
    const child = fork(script);
    children.push(child);
    for (let index = next++; index < cells.length; index = next++) {
      const measurement = await ask(child, cells[index] as Cell);
      results[index] = measurement;
      progress(
        results.filter(() => true),
        measurement,
      );
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(request.workers, cells.length) }, work));
  } finally {
    for (const child of children) child.kill();
  }
  return results;
}

function ask(child: ChildProcess, cell: Cell): Promise<Measurement> {
  return new Promise((resolve, reject) => {
    const ended = () => reject(new Error(`the worker ended while it measured ${JSON.stringify(cell)}`));
    child.once('exit', ended);
    child.once('message', (answer: Answer) => {
      child.off('exit', ended);
      if ('error' in answer) reject(new Error(answer.error));
      else resolve(answer.measurement);
    });
    child.send(cell);
  });
}
