/**
 * Runs a program: reads its commands, runs them one after the other, says while one blocks that it does, and what
 * was expected where a line makes no sense. Invariant: an interruption ends what is under way and nothing else; the
 * next command begins when it has ended, its outcome known.
 */
import { messageOf } from '../errors.js';
import { nameOf, readLine, usagesOf } from './command-line.js';
import type { Command, Program } from './program.js';
import type { Reachability } from './reachability.js';
import type { Terminal } from './terminal.js';

/** What takes longer says what it waits for. */
const BLOCKED_AFTER_MS = 300;

/** What a Ctrl-C did. */
export type Interruption =
  /** The command that was under way is being given up. */
  | 'gave-up'
  /** Nothing was under way: the program ends. */
  | 'ended'
  /** A command is being given up already. */
  | 'insisted';

/** How a program, or a command, ended. */
export type End = 'done' | 'failed' | 'given-up';

export class Shell {
  readonly #program: Program;
  readonly #terminal: Terminal;
  readonly #reachability: Reachability;
  #underWay: AbortController | undefined;
  #settled: (() => void) | undefined;

  constructor(program: Program, terminal: Terminal, reachability: Reachability) {
    this.#program = program;
    this.#terminal = terminal;
    this.#reachability = reachability;
  }

  /** Runs until the input ends, or the work does. Never rejects. */
  async run(): Promise<End> {
    const program = this.#program;
    switch (program.kind) {
      case 'interactive':
        await this.#readAndRun(program.name, program.commands);
        return 'done';
      case 'batch':
        return this.#execute(program.work, []);
      default:
        return program satisfies never;
    }
  }

  /** A Ctrl-C, typed or sent as a signal. */
  interrupt(): Interruption {
    if (this.#underWay === undefined) {
      if (this.#terminal.typed !== '') {
        this.#terminal.forgetTyped();
        return 'gave-up';
      }
      this.#terminal.end();
      return 'ended';
    }
    if (this.#underWay.signal.aborted) return 'insisted';
    this.#giveUp(this.#underWay);
    return 'gave-up';
  }

  /** Ends it: gives up the command that is under way, and reads nothing more. */
  end(): void {
    this.#terminal.discard();
    if (this.#underWay !== undefined) this.#giveUp(this.#underWay);
  }

  #giveUp(underWay: AbortController): void {
    underWay.abort(new GivenUpError('given up'));
    const settling = setTimeout(
      () => this.#terminal.tell('finding out whether it was applied (Ctrl-C ends it at once)'),
      BLOCKED_AFTER_MS,
    );
    this.#settled = () => clearTimeout(settling);
  }

  async #readAndRun(name: string, commands: readonly Command[]): Promise<void> {
    if (this.#terminal.interactive) this.#terminal.tell(`${name}: ${usagesOf(commands)}`);
    for (;;) {
      const text = await this.#terminal.next('> ');
      if (text === undefined) return;
      const line = readLine(text, commands);
      switch (line.kind) {
        case 'nothing':
          break;
        case 'end':
          return;
        case 'mistyped':
          this.#terminal.tell(line.message);
          break;
        case 'command':
          await this.#execute(line.command, line.words);
          break;
        default:
          line satisfies never;
      }
    }
  }

  async #execute(command: Command, words: readonly string[]): Promise<End> {
    const givingUp = new AbortController();
    this.#underWay = givingUp;
    const blocked = setTimeout(
      () => this.#terminal.tell(`${command.waiting} (Ctrl-C gives up)`),
      BLOCKED_AFTER_MS,
    );
    const print = (line: string) => {
      clearTimeout(blocked);
      this.#terminal.print(line);
    };
    try {
      await this.#reachability.during(command.run({ words, signal: givingUp.signal, print }));
      return 'done';
    } catch (error) {
      if (error === givingUp.signal.reason) {
        this.#terminal.tell(`given up: ${command.givenUp}`);
        return 'given-up';
      }
      this.#terminal.tell(`${nameOf(command.usage)}: ${messageOf(error)}`);
      return 'failed';
    } finally {
      clearTimeout(blocked);
      this.#settled?.();
      this.#underWay = undefined;
    }
  }
}

/** Ctrl-C. */
class GivenUpError extends Error {
  override readonly name = 'GivenUpError';
}
