/**
 * Lines in and lines out, at a terminal or in a pipe. What a command answers goes to stdout, everything else to
 * stderr; only at a terminal is there a prompt, and what is being typed survives what is printed meanwhile.
 * Invariant: lines come out in the order in which they came in, each once.
 */
import { clearScreenDown, createInterface, cursorTo, type Interface } from 'node:readline';
import type { ReadStream, WriteStream } from 'node:tty';
import { printable } from './printable.js';

/** The three streams of the process. */
export interface Streams {
  readonly stdin: NodeJS.ReadStream | ReadStream;
  readonly stdout: NodeJS.WriteStream | WriteStream;
  readonly stderr: NodeJS.WriteStream | WriteStream;
}

export class Terminal {
  readonly #streams: Streams;
  readonly #interface: Interface;
  /** Where the prompt is shown and typing is echoed; undefined where stdin is no terminal. */
  readonly #screen: NodeJS.WritableStream | undefined;
  readonly #lines: string[] = [];
  #ended = false;
  #prompting = false;
  #arrived: (() => void) | undefined;

  /** @param interrupt called for a Ctrl-C that is typed at the terminal, and that the kernel makes no signal of */
  constructor(streams: Streams, interrupt: () => void) {
    this.#streams = streams;
    const { stdin, stdout, stderr } = streams;
    if (stdin.isTTY) this.#screen = [stdout, stderr].find((stream) => stream.isTTY);
    this.#interface = createInterface({
      input: stdin,
      ...(this.#screen === undefined ? {} : { output: this.#screen }),
      terminal: this.#screen !== undefined,
      crlfDelay: Infinity,
    });
    this.#interface.setPrompt('');
    this.#interface.on('line', (line) => {
      this.#lines.push(line);
      this.#arrived?.();
    });
    this.#interface.on('close', () => this.end());
    this.#interface.on('SIGINT', interrupt);
  }

  /** Whether somebody sits at it. */
  get interactive(): boolean {
    return this.#screen !== undefined;
  }

  /** What has been typed of the next line. */
  get typed(): string {
    return this.interactive ? this.#interface.line : '';
  }

  /** Forgets what has been typed of the next line. */
  forgetTyped(): void {
    this.#screen?.write('^C\n');
    this.#interface.write(null, { ctrl: true, name: 'e' });
    this.#interface.write(null, { ctrl: true, name: 'u' });
  }

  /** The next line; undefined where there is none any more. */
  async next(prompt: string): Promise<string | undefined> {
    if (this.#lines.length === 0 && !this.#ended) {
      this.#showPrompt(prompt);
      await new Promise<void>((resolve) => (this.#arrived = resolve));
      this.#arrived = undefined;
      this.#hidePrompt();
    }
    return this.#lines.shift();
  }

  /** Prints what a command answers. */
  print(line: string): void {
    this.#write(this.#streams.stdout, line);
  }

  /** Says what is no answer: what is waited for, what was expected, what went wrong. */
  tell(line: string): void {
    this.#write(this.#streams.stderr, line);
  }

  /** Reads no more; what waits for a line is told that there is none. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#interface.close();
    this.#arrived?.();
  }

  /** Reads no more, and forgets the lines that have not been asked for yet. */
  discard(): void {
    this.#lines.length = 0;
    this.end();
  }

  #showPrompt(prompt: string): void {
    if (!this.interactive) return;
    this.#prompting = true;
    this.#interface.setPrompt(prompt);
    this.#interface.prompt(true);
  }

  #hidePrompt(): void {
    if (!this.interactive) return;
    this.#prompting = false;
    this.#interface.setPrompt('');
    // The end of the input leaves the prompt standing.
    if (this.#ended) this.#screen?.write('\n');
  }

  #write(stream: NodeJS.WritableStream & { readonly isTTY?: boolean }, line: string): void {
    const drawn = this.#screen !== undefined && !this.#ended && (this.#prompting || this.typed !== '');
    if (drawn && this.#screen !== undefined) {
      cursorTo(this.#screen, 0);
      clearScreenDown(this.#screen);
    }
    stream.write(`${stream.isTTY ? printable(line) : line}\n`);
    if (drawn) this.#interface.prompt(true);
  }
}
