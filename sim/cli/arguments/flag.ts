/**
 * The shape of a flag: data, from which arguments, environment variables and config files are read and the help is
 * printed. Invariant: its name on the command line, in the environment and in the config file are one name in three
 * spellings.
 */
import type { Parsed } from '../../input/parsed.js';

/** The commands; `run` is the one without a name. */
export const commandNames = [
  'run',
  'merge',
  'trend',
  'replay',
  'shrink',
  'debug',
  'init',
  'list',
  'canary',
  'serve',
  'conformance',
  'doctor',
  'help',
] as const;
export type CommandName = (typeof commandNames)[number];

export interface Flag<T> {
  /** What it does, as a phrase. */
  readonly description: string;
  /** Stands for the value in the help; without one the flag is a switch. */
  readonly placeholder?: string;
  readonly commands: readonly CommandName[];
  /** The value where nothing is given. */
  readonly default: T;
  /** How the help says the default, where the value itself says nothing. */
  readonly defaultText?: string;
  /** Reads one text. */
  parse(text: string): Parsed<T>;
  /** May be given several times: joins two values, or says why not. */
  join?(first: T, second: T): Parsed<T>;
  /** Where it can be given besides the command line. */
  readonly alsoFrom: readonly ('environment' | 'config')[];
}

/** The flag itself, of which TypeScript keeps what its values are. */
export function flag<T>(definition: Flag<T>): Flag<T> {
  return definition;
}

/** `maxEvents` as `max-events`. */
export function flagNameOf(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** `maxEvents` as `SIM_MAX_EVENTS`. */
export function variableNameOf(key: string): string {
  return `SIM_${flagNameOf(key).replaceAll('-', '_').toUpperCase()}`;
}

/** The spelling that changes something: `--keep-going`, `--no-report`, `--seed N`. */
export function usageOf(key: string, flag: Flag<unknown>): string {
  if (flag.placeholder !== undefined) return `--${flagNameOf(key)} ${flag.placeholder}`;
  return flag.default === false ? `--${flagNameOf(key)}` : `--no-${flagNameOf(key)}`;
}
