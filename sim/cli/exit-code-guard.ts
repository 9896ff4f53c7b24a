/**
 * The exit code is the command's: code of a config file, a scenario or a check may end the process, take listeners away
 * or throw while it ends, but what it says of the exit code counts for nothing. Invariant: the process ends with the
 * command's own code once it has one, and before that with 70.
 */
import { exitCodes } from './exit-codes.js';

type Exit = (code?: number) => never;
type Emit = (event: string | symbol, ...parameters: unknown[]) => boolean;

export class ExitCodeGuard {
  readonly #target = process as unknown as { reallyExit: Exit; emit: Emit };
  readonly #exit = process.exit.bind(process);
  readonly #reallyExit: Exit = this.#target.reallyExit.bind(process);
  #code: number | undefined;

  /**
   * From now on nobody else decides.
   *
   * @param tell told in one line that somebody tried
   */
  constructor(readonly tell: (line: string) => void) {
    // `process.exit` ends in it, and can be replaced itself.
    outermost(this.#target, 'reallyExit', () => (): never => this.#reallyExit(this.#settle()));
    // Told of every end but that one: nothing was left to happen, or an error that nobody caught.
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

  #settle(): number {
    if (this.#code === undefined) {
      this.tell('code of the config file or a scenario ended the process before the command was done');
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
