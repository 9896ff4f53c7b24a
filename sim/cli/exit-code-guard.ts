/**
 * The exit code is the command's: code of a config file, a scenario or a check may end the process, take listeners away
 * or throw while it ends, but what it says of the exit code counts for nothing. Invariant: the process ends with the
 * command's own code once it has one, and before that with 70; no signal that such code sends ends it, nor reaches
 * another process by mistake.
 */
import { exitCodes } from './exit-codes.js';

type Exit = (code?: number) => never;
type Kill = (pid: number | string, signal?: string | number) => boolean;
type Emit = (event: string | symbol, ...parameters: unknown[]) => boolean;

export class ExitCodeGuard {
  readonly #target = process as unknown as { reallyExit: Exit; emit: Emit; kill: Kill; _kill: Kill };
  readonly #pid = process.pid;
  readonly #exit = process.exit.bind(process);
  readonly #reallyExit: Exit = this.#target.reallyExit.bind(process);
  #code: number | undefined;
  /** Throws where the code that is running may not call this at all. */
  refuse: (called: string) => void = () => undefined;

  /**
   * From now on nothing else decides the exit code.
   *
   * @param tell receives one line when other code tried
   */
  constructor(readonly tell: (line: string) => void) {
    // `process.exit` ends in it, and can be replaced itself.
    outermost(this.#target, 'reallyExit', () => (): never => {
      this.refuse('process.reallyExit');
      return this.#reallyExit(this.#settle('process.reallyExit or process.exit'));
    });
    process.abort = () => this.#reallyExit(this.#settle('process.abort'));
    for (const name of ['kill', '_kill'] as const) {
      const native = this.#target[name].bind(process);
      this.#target[name] = (pid, signal) => {
        // 0 asks whether there is such a process.
        const isAsked = signal === 0 || !this.#isOwn(Number(pid));
        return isAsked ? native(pid, signal) : this.#reallyExit(this.#settle(`process.${name}`));
      };
    }
    // Every end but that one calls this: an empty event loop, or an uncaught error.
    outermost(this.#target, 'emit', (inner: Emit) => (event: string | symbol, ...parameters: unknown[]) => {
      if (event !== 'exit') return inner.call(process, event, ...parameters);
      try {
        return inner.call(process, event, ...parameters);
      } catch (error) {
        this.tell(`an 'exit' listener threw ${String(error)}`);
        return true;
      } finally {
        process.exitCode = this.#settle();
      }
    });
  }

  /** Ends the process with the command's code. */
  exit(code: number): never {
    this.#code ??= code;
    return this.#exit(code);
  }

  /** Its own process, by itself or as one of many; `process.pid` is another while a config file is loaded. */
  #isOwn(pid: number): boolean {
    return [0, -1, this.#pid, -this.#pid, process.pid, -process.pid].includes(pid);
  }

  /** @param called what ended it, where it is known */
  #settle(called?: string): number {
    if (this.#code === undefined) {
      const by = called === undefined ? '' : ` (${called})`;
      this.tell(`code of the config file or a scenario ended the process before the command was done${by}`);
      this.#code = exitCodes.internal;
    }
    return this.#code;
  }
}

/**
 * Puts a function before `target[name]` for good: others may set theirs, as libraries do, and theirs runs behind it; it
 * may call on to what was there before, which is then the original.
 */
function outermost<K extends string, F extends (...parameters: never[]) => unknown>(
  target: Record<K, F>,
  name: K,
  wrap: (inner: F) => F,
): void {
  const original = target[name];
  let inner = original;
  let inside = false;
  const outer = ((...parameters: never[]) => {
    if (inside) return original.apply(target, parameters);
    inside = true;
    try {
      return wrap(inner)(...parameters);
    } finally {
      inside = false;
    }
  }) as F;
  Object.defineProperty(target, name, {
    get: () => outer,
    set: (value: F) => void (inner = value),
    enumerable: true,
    configurable: false,
  });
}
