/**
 * The command `recipe` as a process, as built by `npm run build`: with pipes, or at a terminal of its own.
 */
import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { describe } from 'vitest';
import { root } from '../../documents.js';
import { PATIENCE_MS } from '../../eventually.js';

const command = path.join(root, 'dist/src/program/main.js');

/** Output that appears only because something takes a while, as everything may on a slow machine. */
const SLOWNESS = /^(.* \(Ctrl-C gives up\)|cannot reach etcd at .*|etcd answers again)\n/gm;

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  /** Without the output that appears only because something takes a while. */
  readonly stderr: string;
}

export class RecipeProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #ended: Promise<Ended>;
  #stdout = '';
  #stderr = '';
  /** How much of the output has been waited for. */
  #heard = 0;
  #everything = '';
  #over = false;
  #listener: (() => void) | undefined;

  constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
      this.#hear(text);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
      this.#hear(text);
    });
    // A writer to an ended process learns that from the process's output.
    child.stdin.on('error', () => undefined);
    this.#ended = once(child, 'close').then(([code]) => {
      this.#over = true;
      this.#listener?.();
      const stderr = this.#stderr.replaceAll(SLOWNESS, '');
      return { code: code as number | null, stdout: this.#stdout, stderr };
    });
  }

  /** Its complete output so far, on stdout and stderr, without cursor movements. */
  get said(): string {
    return `\n${this.#everything}`.replaceAll(/\u001b\[[0-9;?]*[A-Za-z]|\r/g, '');
  }

  /** Types a line. */
  type(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  /** Types without the end of the line. */
  typePart(text: string): void {
    this.#child.stdin.write(text);
  }

  /** Types Ctrl-C; only at a terminal does it mean anything. */
  typeCtrlC(): void {
    this.#child.stdin.write(CTRL_C);
  }

  typeCtrlD(): void {
    this.#child.stdin.write(CTRL_D);
  }

  /** Sends a signal to the process itself. */
  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Ends its input. */
  endInput(): void {
    this.#child.stdin.end();
  }

  /** Resolves once it has printed the text, after the text waited for before. */
  async says(text: string): Promise<void> {
    const deadlineMs = performance.now() + PATIENCE_MS;
    for (;;) {
      const found = this.said.indexOf(text, this.#heard);
      if (found >= 0) {
        this.#heard = found + text.length;
        return;
      }
      const why = this.#over ? 'it ended' : performance.now() > deadlineMs ? 'that was all' : undefined;
      if (why !== undefined) {
        throw new Error(`expected ${JSON.stringify(text)}, but ${why}: ${JSON.stringify(this.said)}`);
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 1000);
        this.#listener = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#listener = undefined;
    }
  }

  /** Resolves once it has printed the line, after the text waited for before. */
  async saysLine(line: string): Promise<void> {
    await this.says(`\n${line}\n`);
    this.#heard -= 1;
  }

  /** Resolves when it has ended, by itself. */
  get ended(): Promise<Ended> {
    return this.#ended;
  }

  /** Ends it, in any state. */
  async kill(): Promise<void> {
    if (!this.#over) this.#child.kill('SIGKILL');
    await this.#ended;
  }

  #hear(text: string): void {
    this.#everything += text;
    this.#listener?.();
  }
}

/** Starts it with pipes. */
export function recipeInPipe(...words: readonly string[]): RecipeProcess {
  return new RecipeProcess(spawn(process.execPath, [command, ...words]));
}

/** Runs it in a pipe until it ends. */
export function runRecipe(words: readonly string[], lines: readonly string[] = []): Promise<Ended> {
  const recipe = recipeInPipe(...words);
  for (const line of lines) recipe.type(line);
  recipe.endInput();
  return recipe.ended;
}

/**
 * Starts it at a pseudo-terminal of its own, which `script` of util-linux creates. It is part of every Debian
 * (package bsdutils, essential). Node.js has no pseudo-terminals, and a native module would have to be built.
 */
export function recipeAtTerminal(...words: readonly string[]): RecipeProcess {
  const line = [process.execPath, command, ...words].map((word) => `'${word}'`).join(' ');
  // -e: its exit code is the command's. -f: output is passed on at once.
  return new RecipeProcess(
    spawn('script', ['-qefc', `exec ${line}`, '/dev/null'], {
      env: { ...process.env, TERM: 'xterm', COLUMNS: '120' },
    }),
  );
}

/** Why there are no pseudo-terminals here; undefined if there are. */
const missing = ((): string | undefined => {
  const { stdout } = spawnSync('script', ['--version'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return stdout?.includes('util-linux')
    ? undefined
    : 'no script of util-linux on PATH to make a pseudo-terminal';
})();
if (missing !== undefined && process.env['CI'] !== undefined) {
  throw new Error(`in CI the tests at pseudo-terminals must run: ${missing}`);
}

/** Like `describe`, skipped without pseudo-terminals. */
export function describeTerminal(name: string, body: () => void): void {
  if (missing === undefined) describe(name, body);
  else describe.skip(`${name} (skipped: ${missing})`, body);
}
