/**
 * Lines in and lines out, at a terminal or in a pipe. A command's answers go to stdout, everything else to stderr. Only
 * a terminal has a prompt, and a half-typed line survives output that comes in between. Invariant: lines come out in
 * the order in which they came in, each once.
 */
import { clearScreenDown, createInterface, cursorTo, type Interface } from 'node:readline';
import { printable } from './printable.js';

/** The three streams of the process. */
export interface Streams {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

export class Terminal {
  readonly #streams: Streams;
  readonly #interrupt: () => void;
  /** Where the prompt is shown and typing is echoed; undefined if it is not interactive. */
  readonly #screen: NodeJS.WriteStream | undefined;
  readonly #lines: string[] = [];
  /** Made when the first line is asked for: what reads no lines must not take them from others. */
  #interface: Interface | undefined;
  #ended = false;
  #prompting = false;
  #arrived: (() => void) | undefined;

  /** @param interrupt called for a Ctrl-C that is typed while lines are edited, and that is no signal therefore */
  constructor(streams: Streams, interrupt: () => void) {
    this.#streams = streams;
    this.#interrupt = interrupt;
    const { stdin, stdout, stderr } = streams;
    if (stdin.isTTY) this.#screen = [stdout, stderr].find((stream) => stream.isTTY);
  }

  /** Whether a user types at a terminal. */
  get interactive(): boolean {
    return this.#screen !== undefined;
  }

  /** The part of the next line that has been typed so far. */
  get typed(): string {
    return this.interactive ? (this.#interface?.line ?? '') : '';
  }

  /** Forgets what has been typed of the next line. */
  forgetTyped(): void {
    this.#screen?.write('^C\n');
    // To the end of the line, and then away with all before it: the line's editor takes these keys.
    this.#interface?.write(null, { ctrl: true, name: 'e' });
    this.#interface?.write(null, { ctrl: true, name: 'u' });
  }

  /** The next line; undefined where there is none any more. */
  async next(prompt: string): Promise<string | undefined> {
    if (this.#lines.length === 0 && !this.#ended) {
      this.#interface ??= this.#open();
      this.#showPrompt(this.#interface, prompt);
      await new Promise<void>((resolve) => (this.#arrived = resolve));
      this.#arrived = undefined;
      this.#hidePrompt(this.#interface);
    }
    return this.#lines.shift();
  }

  /** Prints what a command answers. */
  print(line: string): void {
    this.#write(this.#streams.stdout, line);
  }

  /** Prints a line that is no answer, such as an expectation, an error, or the reason for a wait. */
  tell(line: string): void {
    this.#write(this.#streams.stderr, line);
  }

  /** Reads no more; a pending read resolves to undefined. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#interface?.close();
    this.#arrived?.();
  }

  /** Reads no more, and forgets the lines that have not been asked for yet. */
  discard(): void {
    this.#lines.length = 0;
    this.end();
  }

  #open(): Interface {
    const lines = createInterface({
      input: this.#streams.stdin,
      ...(this.#screen === undefined ? {} : { output: this.#screen }),
      terminal: this.interactive,
      crlfDelay: Infinity,
    });
    lines.on('line', (line) => {
      if (this.#ended) return;
      this.#lines.push(line);
      this.#arrived?.();
    });
    lines.on('close', () => this.end());
    lines.on('SIGINT', this.#interrupt);
    return lines;
  }

  #showPrompt(lines: Interface, prompt: string): void {
    if (!this.interactive) return;
    this.#prompting = true;
    lines.setPrompt(prompt);
    lines.prompt(true);
  }

  #hidePrompt(lines: Interface): void {
    if (!this.interactive) return;
    this.#prompting = false;
    lines.setPrompt('');
    // The end of the input leaves the prompt standing.
    if (this.#ended) this.#screen?.write('\n');
  }

  #write(stream: NodeJS.WriteStream, line: string): void {
    const screen = stream.isTTY ? this.#screen : undefined;
    const typing = screen !== undefined && !this.#ended && (this.#prompting || this.typed !== '');
    if (typing) {
      cursorTo(screen, 0);
      clearScreenDown(screen);
    }
    stream.write(`${stream.isTTY ? printable(line) : line}\n`);
    if (typing) this.#interface?.prompt(true);
  }
}
