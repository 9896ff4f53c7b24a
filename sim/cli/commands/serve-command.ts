/**
 * `sim serve`: the in-memory etcd on a port, or on one for each member, until it is interrupted. Its endpoints are all
 * that goes to stdout.
 * Invariant: an interruption is how it is meant to end, so that the exit code then is 0; and no client ends it, nor an
 * exception, which is reported.
 */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { EnvironmentError } from '../../backend/environment-error.js';
import { quote, singleLine } from '../../input/parsed.js';
import type { ServeOptions } from '../../serve/serve.js';
import type { CliEnvironment } from '../environment.js';
import { exitCodes, type ExitCode } from '../exit-codes.js';
import type { Settings } from '../arguments/flags.js';
import type { UseCases } from '../use-cases.js';
import { UsageError } from '../arguments/usage-error.js';

export async function serveCommand(
  { listen, members, certFile, keyFile, etcdVersion, quotaBackendBytes }: Settings,
  { cwd, signal, stdout, stderr, outliveExceptions }: CliEnvironment,
  useCases: UseCases,
): Promise<ExitCode> {
  const tls = await readTls(cwd, certFile, keyFile);
  const onInternalError = (error: unknown): void => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    stderr.write(`sim: internal error, and serving on: ${text}\n`);
  };
  const served = await useCases.serveEtcd({
    listen,
    members,
    tls,
    version: etcdVersion,
    quotaBackendBytes,
    onInternalError,
  });
  const dieOfExceptions = outliveExceptions(onInternalError);
  for (const endpoint of served.endpoints.filter(isForOthers)) {
    stderr.write(
      `sim: warning: ${endpoint} may be reached by other machines, and any of them may read and write it\n`,
    );
  }
  stderr.write(`serving etcd ${etcdVersion} from memory: its data ends with this process (Ctrl-C)\n`);
  stdout.write(`${served.endpoints.join(',')}\n`);
  if (!signal.aborted) await once(signal, 'abort');
  dieOfExceptions();
  await served.close();
  return exitCodes.satisfied;
}

/** It is not at a loopback address. */
function isForOthers(endpoint: string): boolean {
  const { hostname } = new URL(endpoint);
  return hostname !== 'localhost' && hostname !== '[::1]' && !/^127(\.\d+){3}$/.test(hostname);
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
