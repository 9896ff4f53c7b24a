/**
 * The main thread's stack, read from another thread by the debugger's protocol. It works while the main thread is stuck
 * in a tight loop, an endless chain of microtasks, a regular expression or `Atomics.wait`. Invariant: unless it is
 * ended, the main thread continues as if nothing had happened.
 */
import { Session, type Debugger } from 'node:inspector';
import { writtenPlace, type Place } from './source-map.js';

/** One function on the stack; its file is a path, a URL, or the name of a built-in module. */
export interface StackFrame extends Place {
  readonly functionName: string;
}

/** A main thread that is paused. */
export interface PausedMain {
  readonly frames: readonly StackFrame[];
  /** Has it evaluate an expression, which may end the process. */
  evaluate(expression: string): Promise<void>;
  /** Resumes it. */
  resume(): void;
}

type Script = Pick<Debugger.ScriptParsedEventDataType, 'url' | 'sourceMapURL'>;

/** On a machine that has little time for it. */
const PAUSE_MAX_MS = 30_000;
/** A chain of ticks or microtasks is mostly code between them: so many further looks see the user's. */
const LOOKS_MAX = 1000;
/** Until then they must have seen it. */
const LOOK_AGAIN_MS = 20_000;
/** Node.js's own code, and what carries the node from one microtask to the next. */
const BETWEEN = /^node:|[\\/]sim[\\/]engine[\\/]context\.[jt]s$/;

/** Pauses the main thread; undefined where it runs no JavaScript that can be paused. */
export function pauseMain(): Promise<PausedMain | undefined> {
  const session = new Session();
  session.connectToMainThread();
  return new Promise((resolve) => {
    const giveUp = setTimeout(() => {
      session.disconnect();
      resolve(undefined);
    }, PAUSE_MAX_MS);
    // The frames themselves name scripts by number only.
    const scripts = new Map<string, Script>();
    session.on('Debugger.scriptParsed', ({ params }) => void scripts.set(params.scriptId, params));
    const startedMs = performance.now();
    let looks = 0;
    session.on('Debugger.paused', ({ params }) => {
      const frames = params.callFrames.map((frame) => frameOf(frame, scripts));
      const looksAgain = ++looks < LOOKS_MAX && performance.now() - startedMs < LOOK_AGAIN_MS;
      if (looksAgain && frames.every(({ file }) => BETWEEN.test(file))) {
        session.post('Debugger.resume');
        return;
      }
      clearTimeout(giveUp);
      resolve(pausedMain(session, frames));
    });
    // While it is paused it cannot be asked to pause again.
    session.on('Debugger.resumed', () => session.post('Debugger.pause'));
    session.post('Debugger.enable');
    session.post('Debugger.pause');
  });
}

function pausedMain(session: Session, frames: readonly StackFrame[]): PausedMain {
  return {
    frames,
    evaluate: (expression) =>
      new Promise((resolve) => {
        // Not in the topmost frame, where any name may mean something else.
        session.post('Runtime.evaluate', { expression, silent: true }, () => resolve());
      }),
    resume() {
      session.removeAllListeners('Debugger.resumed');
      session.post('Debugger.disable');
      session.disconnect();
    },
  };
}

function frameOf(
  { functionName, location }: Debugger.CallFrame,
  scripts: ReadonlyMap<string, Script>,
): StackFrame {
  const { url = '', sourceMapURL } = scripts.get(location.scriptId) ?? {};
  const [line, column] = [location.lineNumber + 1, (location.columnNumber ?? 0) + 1];
  return { functionName, ...writtenPlace({ file: url, line, column }, sourceMapURL) };
}
