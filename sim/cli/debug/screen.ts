/**
 * Steps through a run on a terminal, by single keys. Invariant: however it ends, the terminal is as it was before:
 * its first screen, with a cursor, line by line.
 */
import { emitKeypressEvents } from 'node:readline';
import { InputError } from '../../input/parsed.js';
import { cut } from '../../report/layout.js';
import type { Paint } from '../../report/paint.js';
import type { TextInput, TextOutput } from '../environment.js';
import type { Move } from './commands.js';
import { drawFrame, promptLine, type View } from './frame.js';
import { meaningOf, type Key, type KeyMeaning } from './keys.js';
import { parsePlace } from './place.js';
import type { Stepper } from './stepper.js';

export interface Terminal {
  readonly stdin: TextInput;
  readonly stdout: TextOutput;
  readonly signal: AbortSignal;
  readonly paint: Paint;
}

/** Another screen without a cursor, and back (xterm's control sequences). */
const ENTER = '\u001b[?1049h\u001b[?25l';
const LEAVE = '\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const REST_OF_LINE = '\u001b[K';

/** Resolves when the user quits, or the signal is aborted. */
export async function stepOnScreen(stepper: Stepper, terminal: Terminal): Promise<void> {
  const { stdin, stdout, signal } = terminal;
  const display = new Display(stepper, terminal);
  emitKeypressEvents(stdin);
  const wasRaw = stdin.isRaw === true;
  stdin.setRawMode?.(true);
  stdin.resume();
  stdout.write(ENTER);
  let stop = (): void => undefined;
  const over = new Promise<void>((resolve) => (stop = resolve));
  const onKey = (typed: string | undefined, key: Key): void => {
    if (display.press(typed, key) === 'quit') stop();
  };
  const onResize = (): void => display.draw();
  stdin.on('keypress', onKey);
  stdin.on('end', stop);
  signal.addEventListener('abort', stop);
  const stopResizing = stdout.onResize?.(onResize);
  try {
    display.draw();
    await over;
  } finally {
    stopResizing?.();
    signal.removeEventListener('abort', stop);
    stdin.off('end', stop);
    stdin.off('keypress', onKey);
    stdout.write(LEAVE);
    stdin.setRawMode?.(wasRaw);
    stdin.pause();
  }
}

const ROWS_WITHOUT_TERMINAL = 24;
/** The last column stays free: some terminals wrap there. */
const FREE_COLUMNS = 1;

interface Question {
  readonly what: 'place' | 'key';
  readonly typed: string;
}

class Display {
  readonly #stepper: Stepper;
  readonly #terminal: Terminal;
  #view: View = { section: 'all', isHelp: false, scrolled: 0 };
  #scrollMax = 0;
  /** The text that the user types now. */
  #question: Question | undefined;
  /** The answer of the last command. */
  #answer: string | undefined;

  constructor(stepper: Stepper, terminal: Terminal) {
    this.#stepper = stepper;
    this.#terminal = terminal;
  }

  press(typed: string | undefined, key: Key): 'quit' | undefined {
    this.#answer = undefined;
    if (this.#question !== undefined) {
      if (key.ctrl === true && (key.name === 'c' || key.name === 'd')) return 'quit';
      this.#type(this.#question, typed, key);
    } else {
      const meaning = meaningOf(key);
      if (meaning?.kind === 'quit') return 'quit';
      if (meaning !== undefined) this.#mean(meaning);
    }
    this.draw();
    return undefined;
  }

  draw(): void {
    const { stdout, paint } = this.#terminal;
    const width = Math.max(20, stdout.columns - FREE_COLUMNS);
    const height = Math.max(2, stdout.rows ?? ROWS_WITHOUT_TERMINAL);
    const bottom =
      this.#question !== undefined
        ? promptLine(this.#question.what, this.#question.typed, width)
        : this.#answer === undefined
          ? undefined
          : paint.bad(cut(this.#answer, width));
    const { lines, scrollMax } = drawFrame(this.#stepper, this.#view, { paint, width, height }, bottom);
    this.#scrollMax = scrollMax;
    stdout.write(HOME + lines.map((line) => line + REST_OF_LINE).join('\r\n'));
  }

  #mean(meaning: Exclude<KeyMeaning, { kind: 'quit' }>): void {
    switch (meaning.kind) {
      case 'ask':
        this.#question = { what: meaning.what, typed: '' };
        return;
      case 'scroll': {
        const page = Math.max(1, (this.#terminal.stdout.rows ?? ROWS_WITHOUT_TERMINAL) >> 1);
        const scrolled = Math.min(this.#scrollMax, Math.max(0, this.#view.scrolled + meaning.pages * page));
        this.#view = { ...this.#view, scrolled };
        return;
      }
      case 'help':
        this.#view = { ...this.#view, isHelp: !this.#view.isHelp, scrolled: 0 };
        return;
      case 'show':
        this.#view = { section: meaning.section, isHelp: false, scrolled: 0 };
        return;
      default:
        this.#move(meaning);
    }
  }

  #move(move: Move): void {
    this.#view = { ...this.#view, isHelp: false, scrolled: 0 };
    try {
      this.#stepper.move(move);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.#answer = error.message;
    }
  }

  #type(question: Question, typed: string | undefined, { name }: Key): void {
    if (name === 'escape') this.#question = undefined;
    else if (name === 'backspace') this.#question = { ...question, typed: question.typed.slice(0, -1) };
    else if (name === 'return' || name === 'enter') this.#ask(question);
    else if (typed !== undefined && /^[^\u0000-\u001f\u007f]+$/.test(typed))
      this.#question = { ...question, typed: question.typed + typed };
  }

  #ask({ what, typed }: Question): void {
    this.#question = undefined;
    if (typed === '') return;
    if (what === 'key') {
      this.#move({ kind: 'key', direction: 1, text: typed });
      return;
    }
    const place = parsePlace(typed.trim());
    if (place.kind === 'ok') this.#move({ kind: 'at', place: place.value });
    else this.#answer = place.message;
  }
}
