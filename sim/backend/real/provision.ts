/**
 * Finds a program of the real backend: the one that an environment variable names, in the project's cache, or
 * on PATH. Otherwise builds it from `tools/`. Invariant: once cached, neither Go nor a network is needed.
 */
import { execFile } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { buildTool } from './build-tool.js';
import { sourceOf, type Env, type ProvisionOptions, type Tool } from './tools.js';
import { packageRoot } from '../../package-root.js';

/** The result of looking for a program. */
export type Provision =
  | {
      readonly kind: 'found';
      readonly path: string;
      readonly version: string;
      readonly from: 'environment' | 'cache' | 'PATH' | 'build';
    }
  /** None is available; the message is one line that says what to do. */
  | { readonly kind: 'unavailable'; readonly message: string };

/** Finds or builds the program. Rejects only with the signal's reason. */
export async function provision(tool: Tool, options: ProvisionOptions): Promise<Provision> {
  const { env } = options;
  const named = tool.installed === undefined ? undefined : env[tool.installed.variable];
  if (named !== undefined && named !== '') return probeNamed(tool, named);

  const source = sourceOf(tool, options.root ?? packageRoot());
  const cached =
    source === undefined
      ? undefined
      : join(cacheDirectory(env), `${tool.folder}-${source.version}-${source.fingerprint}`);
  if (source !== undefined && cached !== undefined && isExecutable(cached)) {
    return { kind: 'found', path: cached, version: source.version, from: 'cache' };
  }

  const onPath = await probePath(tool, env);
  if (onPath.kind === 'found') return onPath;

  if (source === undefined || cached === undefined) {
    return { kind: 'unavailable', message: `${onPath.why}; ${remedies(tool)}` };
  }
  if (options.builds === false) {
    const message = `no ${tool.title} ${source.version} in the cache, and building it takes ${tool.buildTime ?? 'about a minute'}`;
    return { kind: 'unavailable', message };
  }
  const go = findOnPath('go', env);
  if (go === undefined) {
    const message = `${onPath.why} and no Go to build it; ${remedies(tool, source.goVersionMin)}`;
    return { kind: 'unavailable', message };
  }
  const build = await buildTool(tool, source, { ...options, go, target: cached });
  if (build.kind === 'failed') {
    const message = `${onPath.why} and building it failed: ${build.message}; ${remedies(tool, source.goVersionMin)}`;
    return { kind: 'unavailable', message };
  }
  return { kind: 'found', path: cached, version: source.version, from: 'build' };
}

/** Where built programs are kept between runs. */
export function cacheDirectory(env: Env): string {
  if (env['SIM_CACHE_DIR']) return env['SIM_CACHE_DIR'];
  if (env['XDG_CACHE_HOME']) return join(env['XDG_CACHE_HOME'], 'etcd-sim');
  return join(env['HOME'] || homedir(), '.cache', 'etcd-sim');
}

async function probeNamed(tool: Tool, named: string): Promise<Provision> {
  const path = resolve(named);
  const { variable } = tool.installed!;
  const given = `${variable}: expected the path of ${tool.title}, got ${JSON.stringify(named)}`;
  if (!isExecutable(path))
    return { kind: 'unavailable', message: `${given}, which is not an executable file` };
  const probe = await probeInstalled(tool, path);
  if (probe.kind === 'unfit') return { kind: 'unavailable', message: `${given}, ${probe.why}` };
  return { kind: 'found', path, version: probe.version, from: 'environment' };
}

async function probePath(
  tool: Tool,
  env: Env,
): Promise<(Provision & { kind: 'found' }) | { readonly kind: 'none'; readonly why: string }> {
  if (tool.installed === undefined) return { kind: 'none', why: `no ${tool.title} yet` };
  const path = findOnPath(tool.installed.command, env);
  if (path === undefined) return { kind: 'none', why: `no ${tool.installed.command} on PATH` };
  const probe = await probeInstalled(tool, path);
  if (probe.kind === 'unfit') return { kind: 'none', why: `${path} on PATH cannot be used: it ${probe.why}` };
  return { kind: 'found', path, version: probe.version, from: 'PATH' };
}

/** Asks an existing program for its version. */
async function probeInstalled(
  tool: Tool,
  path: string,
): Promise<
  { readonly kind: 'fit'; readonly version: string } | { readonly kind: 'unfit'; readonly why: string }
> {
  const { versionArguments, versionPattern, versionMin } = tool.installed!;
  const output = await new Promise<string | undefined>((answer) => {
    execFile(path, versionArguments, { timeout: 10_000 }, (error, stdout) =>
      answer(error === null ? stdout : undefined),
    );
  });
  const asked = [tool.installed!.command, ...versionArguments].join(' ');
  const version = output === undefined ? undefined : versionPattern.exec(output)?.[1];
  if (version === undefined) return { kind: 'unfit', why: `does not answer ${asked}` };
  if (isOlder(version, versionMin)) {
    return { kind: 'unfit', why: `is ${version}, older than ${versionMin}` };
  }
  return { kind: 'fit', version };
}

function isOlder(version: string, versionMin: string): boolean {
  const parts = version.split('.').map((part) => Number.parseInt(part, 10));
  for (const [index, part] of versionMin.split('.').entries()) {
    const difference = (parts[index] ?? 0) - Number(part);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

function remedies(tool: Tool, goVersionMin?: string): string {
  const ways = goVersionMin === undefined ? [] : [`install Go >= ${goVersionMin}`];
  if (tool.installed !== undefined) {
    const { command, versionMin, variable } = tool.installed;
    ways.push(`put ${command} >= ${versionMin} on PATH`, `set ${variable}`);
  }
  return ways.join(', or ');
}

function findOnPath(command: string, env: Env): string | undefined {
  const directories = (env['PATH'] ?? '').split(delimiter).filter((directory) => directory !== '');
  return directories.map((directory) => join(directory, command)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
