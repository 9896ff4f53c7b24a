/**
 * Builds a pinned Go program into the cache. Invariant: the target appears complete or not at all. If several
 * processes want it at the same time, one builds and the others wait.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCode, isAlive } from './operating-system.js';
import { poll } from './poll.js';
import type { ProvisionOptions, Tool, ToolSource } from './tools.js';

/** Longer than any build: an older lock was left by a process whose number is in use again. */
const LOCK_AGE_MAX_MS = 2 * 60 * 60_000;
/** A lock without a number is just being written, or was left by a process that died while writing it. */
const LOCK_WRITING_MAX_MS = 5_000;

export interface BuildOptions extends ProvisionOptions {
  /** The path of the `go` command. */
  readonly go: string;
  /** The file to create. */
  readonly target: string;
}

export type BuildResult =
  | { readonly kind: 'built' }
  /** The message is the last line of go's output. */
  | { readonly kind: 'failed'; readonly message: string };

/** Builds the target unless another process does. Rejects only with the signal's reason. */
export async function buildTool(tool: Tool, source: ToolSource, options: BuildOptions): Promise<BuildResult> {
  const { target, progress, signal } = options;
  const lock = `${target}.lock`;
  const what = `${tool.title} ${source.version}`;
  let waiting = false;
  try {
    mkdirSync(dirname(target), { recursive: true });
    // Waits until the building process frees the lock, whether the build succeeds or not.
    await poll({ attempts: Infinity, intervalMs: 200, signal }, () => {
      if (existsSync(target) || takeLock(lock)) return true;
      if (!waiting) progress(`waiting while another process builds ${what}`);
      waiting = true;
      return undefined;
    });
  } catch (error) {
    signal?.throwIfAborted();
    return { kind: 'failed', message: `cannot write to the cache: ${String(error)}` };
  }
  if (existsSync(target)) return { kind: 'built' };
  const temporary = `${target}.${process.pid}`;
  try {
    progress(`building ${what} from tools/${tool.folder} (${tool.buildTime ?? 'about a minute'})`);
    const startedMs = performance.now();
    const failure = await runGo(tool, source, temporary, options);
    signal?.throwIfAborted();
    if (failure !== undefined) return { kind: 'failed', message: failure };
    renameSync(temporary, target);
    progress(`built ${what} in ${Math.round((performance.now() - startedMs) / 1000)} s`);
    return { kind: 'built' };
  } finally {
    rmSync(temporary, { force: true });
    rmSync(lock, { force: true });
  }
}

/** True once the lock is ours. A lock that its owner can no longer free is removed for the next attempt. */
function takeLock(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
  try {
    const ageMs = Date.now() - statSync(lock).mtimeMs;
    const owner = Number(readFileSync(lock, 'utf8'));
    const abandoned = owner === 0 ? ageMs > LOCK_WRITING_MAX_MS : ageMs > LOCK_AGE_MAX_MS || !isAlive(owner);
    // Two processes may do this at once and then both build: wasteful, but still correct, because the rename
    // is atomic.
    if (abandoned) rmSync(lock, { force: true });
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
  return false;
}

/** Undefined when the build succeeded, otherwise the last line of go's output. */
function runGo(
  tool: Tool,
  source: ToolSource,
  output: string,
  options: BuildOptions,
): Promise<string | undefined> {
  const setVersion =
    tool.goVersionVariable === undefined ? '' : ` -X ${tool.goVersionVariable}=${source.version}`;
  const flags = ['-trimpath', '-buildvcs=false', '-mod=readonly', `-ldflags=-s -w${setVersion}`];
  // Without cgo the binary needs nothing of the machine; GOWORK could swap modules behind go.sum's back.
  const env = { ...options.env, CGO_ENABLED: '0', GOWORK: 'off' };
  return new Promise((resolve) => {
    const child = spawn(options.go, ['build', ...flags, '-o', output, tool.goPackage], {
      cwd: source.directory,
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    let lastLine = '';
    let rest = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      lastLine = lines.filter((line) => line.trim() !== '').pop() ?? lastLine;
    });
    // An interrupted build counts as over only when go is gone, so that none of its late files stays behind.
    child.on('error', (error) => {
      if (child.pid === undefined) resolve(error.message);
    });
    child.on('close', (code) => {
      if (code === 0) resolve(undefined);
      else resolve((rest.trim() || lastLine.trim() || `go build ended with ${code}`).slice(0, 300));
    });
  });
}
