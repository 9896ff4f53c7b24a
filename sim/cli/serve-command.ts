/**
 * `sim serve`: the in-memory etcd on a port, or on one for each member, until it is interrupted. Its endpoints are all
 * that goes to stdout.
 * Invariant: an interruption is how it is meant to end, so that the exit code then is 0.
 */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { EnvironmentError } from '../backend/environment-error.js';
import { quote, singleLine } from '../input/parsed.js';
import type { ServeOptions } from '../serve/serve.js';
import type { CliEnvironment } from './environment.js';
import { exitCodes, type ExitCode } from './exit-codes.js';
import type { Settings } from './flags.js';
import type { Machinery } from './machinery.js';
import { UsageError } from './usage-error.js';

export async function serveCommand(
  { listen, members, certFile, keyFile, etcdVersion }: Settings,
  { cwd, signal, stdout, stderr }: CliEnvironment,
  machinery: Machinery,
): Promise<ExitCode> {
  const tls = await readTls(cwd, certFile, keyFile);
  const served = await machinery.serveEtcd({ listen, members, tls, version: etcdVersion });
  stderr.write(`serving etcd ${etcdVersion} from memory: its data ends with this process (Ctrl-C)\n`);
  stdout.write(`${served.endpoints.join(',')}\n`);
  if (!signal.aborted) await once(signal, 'abort');
  await served.close();
  return exitCodes.satisfied;
}

async function readTls(
  cwd: string,
  certFile: string | undefined,
  keyFile: string | undefined,
): Promise<ServeOptions['tls']> {
  if (certFile === undefined && keyFile === undefined) return undefined;
  if (certFile === undefined) throw new UsageError('--key-file is of use only with --cert-file');
  if (keyFile === undefined) throw new UsageError('--cert-file needs --key-file');
  return { certificate: await read(cwd, certFile), key: await read(cwd, keyFile) };
}

async function read(cwd: string, file: string): Promise<string> {
  try {
    return await readFile(path.resolve(cwd, file), 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? singleLine(error.message) : String(error);
    throw new EnvironmentError(`cannot read ${quote(file)}: ${reason}`, { cause: error });
  }
}
