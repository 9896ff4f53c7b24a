/**
 * What an interactive program is: commands over one handle of a recipe. Each program is a file in `programs/`; the
 * shell reads the lines, runs the commands in order and shows what comes of them.
 */
import type { Namespace } from 'etcd3';
import type { CallOptions } from '../calls.js';
import type { Settings } from './arguments.js';

/** What a program is made from. */
export interface ProgramContext {
  readonly client: Namespace;
  readonly settings: Settings;
  /** Tells the user something that is no answer to a command. */
  tell(line: string): void;
}

export type Program = InteractiveProgram | BatchProgram;

/** A program that runs the user's commands, line by line. */
export interface InteractiveProgram {
  readonly kind: 'interactive';
  /** What the recipe's handle is called, for the prompt and for messages. */
  readonly name: string;
  readonly commands: readonly Command[];
  /** Releases everything. */
  close(options: CallOptions): Promise<void>;
}

/** A program that does one thing and ends. */
export interface BatchProgram {
  readonly kind: 'batch';
  readonly name: string;
  readonly work: Command;
  close(options: CallOptions): Promise<void>;
}

/** One command. */
export interface Command {
  /** Its name and what has to follow it, a word in capitals for each, such as `push VALUE PRIORITY`. */
  readonly usage: string;
  /** Shown when it takes long. */
  readonly waiting: string;
  /** The state after Ctrl-C has ended it, for a message. */
  readonly givenUp: string;
  /**
   * Does it. Rejects with the signal's reason where it was given up, with an `Error` that says what is expected where
   * a word makes no sense, and otherwise with what the recipe rejects with.
   */
  run(call: CommandCall): Promise<void>;
}

export interface CommandCall {
  /** What followed the command's name: as many words as its usage names. */
  readonly words: readonly string[];
  readonly signal: AbortSignal;
  /** Prints a line of its result. */
  print(line: string): void;
}
