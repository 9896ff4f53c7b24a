/**
 * Stand-ins for Go, etcd and a pinned module, in a temporary directory: small shell scripts that record their
 * use.
 */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Env, Tool } from '../../../sim/backend/real/tools.js';

/** A program `fake` that is pinned to 3.6.14 by the module that {@link FakeMachine.writeModule} writes. */
export const fakeTool: Tool = {
  title: 'Fake',
  folder: 'fake',
  goModule: 'example.org/fake',
  goPackage: '.',
  installed: {
    variable: 'SIM_FAKE_BIN',
    command: 'fake',
    versionArguments: ['--version'],
    versionPattern: /Fake (\d+\.\d+\.\d+)/,
    versionMin: '3.4',
  },
};

export class FakeMachine {
  readonly directory = mkdtempSync(join(tmpdir(), 'etcd-sim-fakes-'));
  readonly cache = join(this.directory, 'cache');
  readonly bin = join(this.directory, 'bin');
  readonly #goLog = join(this.directory, 'go.log');

  /** What the provisioner sees: the system's own tools for the scripts, preceded by `bin`. */
  get env(): Env {
    return { PATH: this.bin, SIM_CACHE_DIR: this.cache };
  }

  /** The package root with `tools/fake`. */
  writeModule(sums = ''): string {
    const module = join(this.directory, 'root', 'tools', 'fake');
    mkdirSync(module, { recursive: true });
    writeFileSync(join(module, 'go.mod'), 'module x\n\ngo 1.25.0\n\nrequire example.org/fake v3.6.14\n');
    writeFileSync(join(module, 'go.sum'), sums);
    return join(this.directory, 'root');
  }

  /** An executable that claims to be this version of Fake. */
  writeProgram(version: string, path = join(this.bin, 'fake')): string {
    return this.#writeScript(path, `echo 'Fake ${version}'`);
  }

  /** A `go` that builds by writing a script, after `before` has run. */
  writeGo(before = ''): void {
    const script = [
      `echo "$@" >> '${this.#goLog}'`,
      before,
      'while [ "$1" != -o ]; do shift; done',
      `printf '#!/bin/sh\\necho Fake 3.6.14\\n' > "$2"`,
      '/bin/chmod +x "$2"',
    ];
    this.#writeScript(join(this.bin, 'go'), script.join('\n'));
  }

  /** How often `go` was called. */
  get goCalls(): number {
    return existsSync(this.#goLog) ? readFileSync(this.#goLog, 'utf8').trim().split('\n').length : 0;
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  #writeScript(path: string, body: string): string {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `#!/bin/sh\n${body}\n`);
    chmodSync(path, 0o755);
    return path;
  }
}
