/** The command `sim` as a process, as built by `npm run build`, in a folder of its own with a config file. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from '../architecture/sources.js';

const command = path.join(root, 'dist/scenarios/main.js');

export interface Ended {
  /** Null if a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class SimCommand {
  readonly #child: ChildProcess;
  readonly #said = { stdout: '', stderr: '' };
  #listener = (): void => undefined;
  #over = false;

  /** Resolves when it has ended and its output is complete. */
  readonly ended: Promise<Ended>;

  /**
   * @param nodeFlags of Node.js itself
   * @param input the text on its stdin
   */
  constructor(
    directory: string,
    words: readonly string[],
    { nodeFlags = [], input }: { readonly nodeFlags?: readonly string[]; readonly input?: string } = {},
  ) {
    const { PATH, HOME } = process.env;
    this.#child = spawn(process.execPath, [...nodeFlags, command, ...words], {
      cwd: directory,
      env: { PATH, HOME },
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    this.#child.stdin?.end(input);
    for (const name of ['stdout', 'stderr'] as const) {
      this.#child[name]?.setEncoding('utf8').on('data', (text: string) => {
        this.#said[name] += text;
        this.#listener();
      });
    }
    this.ended = once(this.#child, 'close').then(([code, signal]) => {
      this.#over = true;
      this.#listener();
      return { code: code as number | null, signal: signal as NodeJS.Signals | null, ...this.#said };
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Resolves once stderr matches; rejects if it ends before. */
  says(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = pattern.exec(this.#said.stderr);
        if (found !== null) resolve(found);
        else if (this.#over) reject(new Error(`expected ${String(pattern)}, got ${this.#said.stderr}`));
      };
      this.#listener = look;
      look();
    });
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }
}

/** Folders with a config file, removed when the test file is done. */
export class SimFolders {
  readonly #made: string[] = [];

  /** @param config the text of its `sim.config.mjs` */
  make(config: string): string {
    const directory = mkdtempSync(path.join(tmpdir(), 'sim-process-'));
    this.#made.push(directory);
    writeFileSync(path.join(directory, 'sim.config.mjs'), config);
    return directory;
  }

  /** Starts the command in such a folder. */
  start(config: string, ...words: readonly string[]): SimCommand {
    return new SimCommand(this.make(config), words);
  }

  remove(): void {
    for (const directory of this.#made) rmSync(directory, { recursive: true, force: true });
  }
}

/** The module from which a config file in any folder imports fast-check. */
const fastCheck = JSON.stringify(import.meta.resolve('fast-check'));

/** Code in a config file. */
export interface ConfigParts {
  /** At its top level. */
  readonly top?: string;
  /** In the operation of its one node, after its put. */
  readonly node?: string;
  /** In its check, which is violated unless this returns. */
  readonly check?: string;
  /** Further members of the scenario. */
  readonly more?: string;
}

/** The text of a config file with a scenario `s`, whose one node makes one put and whose check `c` is violated. */
export function configWith({ top = '', node = '', check = '', more = '' }: ConfigParts): string {
  return `
import fc from ${fastCheck};
${top}
const operation = { id: 'a1', name: 'put', input: null };
const s = {
  name: 's',
  description: 'one put',
  options: {},
  nodes: () => fc.constant([{ name: 'a', operations: [operation] }]),
  setup: async () => {},
  async run({ client, prefix, perform }, operations) {
    for (const operation of operations) await perform(operation, async () => {
      await client.put(prefix + 'a').value('1');
      ${node}
      return { output: null };
    });
  },
  checks: () => [{
    name: 'c',
    description: 'nothing is right',
    check(history) {
      ${check}
      return { verdict: 'violated', message: 'nothing is right', operations: [], revisions: [] };
    },
  }],
  summarize: () => [],
  ${more}
};
export default { scenarios: [s] };
`;
}
