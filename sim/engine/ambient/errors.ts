/**
 * Errors that no code catches: a rejected promise without a handler, or a throw in a callback. During a run,
 * those of its nodes become part of its verdict. All others take their usual course.
 */
import { currentNode, nodeOf, outsideEveryNode, runningNode } from '../node.js';
import { fill, slot } from './slot.js';

type Event = 'unhandledRejection' | 'uncaughtException';
type Listener = (...parameters: unknown[]) => void;

/** Takes over the process's stray errors, and `process.exit` in a node; returns how to undo that. */
export function catchStrayErrors(): () => void {
  const undo = [takeOver('unhandledRejection'), takeOver('uncaughtException'), catchExit()];
  return () => {
    outsideEveryNode(() => {
      for (const restore of undo) restore();
    });
  };
}

function takeOver(event: Event): () => void {
  const previous = process.listeners(event as 'unhandledRejection') as Listener[];
  const listener: Listener = (error, ...rest) => {
    const [promise] = rest;
    // Errors thrown in microtasks lose their asynchronous context before Node 24.
    const node = currentNode() ?? nodeOf(promise) ?? runningNode();
    if (node !== undefined)
      node.engine.reportNodeError(node, error, event === 'unhandledRejection' ? promise : undefined);
    else if (previous.length > 0) for (const other of previous) other(error, ...rest);
    else crash(error);
  };
  process.removeAllListeners(event);
  process.on(event as 'unhandledRejection', listener);
  return () => {
    process.off(event, listener);
    for (const other of previous) process.on(event as 'unhandledRejection', other);
  };
}

/**
 * A node that ended the process would end the run without a verdict. Outside every node, `exit` still exits.
 */
function catchExit(): () => void {
  const exit = process.exit.bind(process);
  const guarded = (code?: number | string | null): never => {
    const node = currentNode();
    if (node === undefined) return exit(code);
    const error = new Error(`process.exit(${code ?? ''}) was called`);
    node.engine.reportNodeError(node, error);
    throw error;
  };
  return fill(slot(process, 'exit', guarded)) ?? (() => undefined);
}

/** What Node.js does with an uncaught error: it ends the process with the error on stderr. */
function crash(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
}
