/**
 * The world as a command sees it. Commands touch stdout, stderr, environment variables and signals only through it,
 * so that a test can be their world.
 */
import type { Scenario } from '../scenario/scenario.js';
import type { WatchedPulse } from '../watchdog/watchdog.js';
import type { OwnModules } from './arguments/load-module.js';
import type { Program } from './second-run.js';

/** A stream that takes text. */
export interface TextOutput {
  write(text: string): unknown;
  /** True on a terminal. */
  readonly isTTY: boolean;
  /** Width of the terminal in characters. */
  readonly columns: number;
  /** Its height; undefined where it is no terminal. */
  readonly rows?: number | undefined;
  /** Hears when the terminal has another size, until the returned function is called. */
  onResize?(listener: () => void): () => void;
}

/** A stream that gives text. */
export interface TextInput extends NodeJS.ReadableStream {
  /** True on a terminal. */
  readonly isTTY?: boolean;
  /** Whether each key is given at once. */
  readonly isRaw?: boolean;
  setRawMode?(isRaw: boolean): unknown;
}

/** The watchdog of a command: hears what the command does, and knows what its run is busy with. */
export type CommandWatchdog = Pick<
  WatchedPulse,
  'at' | 'begins' | 'beat' | 'activity' | 'work' | 'limitSeconds' | 'watch' | 'advise'
>;

export interface CliEnvironment {
  /** etcd-sim's version, such as `0.1.0`. */
  readonly version: string;
  /** What `--scenario` takes. */
  readonly scenarios: readonly Scenario[];
  /** Scenarios that are wrong on purpose: taken by name, left out of `all`. */
  readonly specimens: readonly Scenario[];
  /** Data. */
  readonly stdout: TextOutput;
  /** Progress and errors. */
  readonly stderr: TextOutput;
  /** Commands; undefined where there is none. */
  readonly stdin?: TextInput;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The directory that relative paths start from. */
  readonly cwd: string;
  /** Aborted by the first SIGINT, SIGTERM or SIGHUP. */
  readonly signal: AbortSignal;
  /**
   * From now on, uncaught exceptions go to `report` and do not end the process; the returned function ends that. For a
   * command that must outlive a defect.
   */
  outliveExceptions(report: (error: unknown) => void): () => void;
  /** Gives the signals back to the system for good: a process that stands at a breakpoint cannot hear them. */
  releaseSignals?(): void;
  /** Watches for code that never yields the processor; undefined if there is none. */
  readonly watchdog?: CommandWatchdog | undefined;
  /** How this command was started; undefined where it is no process of its own. */
  readonly program?: Program;
  /** What it does for another process; undefined where it is the command itself. */
  readonly role?: 'second runs' | 'seeds' | undefined;
  /** Loads code of the user's, in a process whose ambient functions are the simulator's from then on. */
  readonly loadUserCode?: <T>(load: () => Promise<T>) => Promise<T>;
  /** What a config file written in TypeScript imports from this package. */
  readonly ownModules?: OwnModules;
  /** Milliseconds on a monotonic wall clock, for progress and wall times. */
  nowMs(): number;
  /** Such as `2026-11-29T02:00:00.000Z`. */
  timeOfDay(): string;
}
