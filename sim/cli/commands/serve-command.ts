/**
 * `sim serve`: the in-memory etcd on a port, or on one for each member, until it is interrupted. Its endpoints are all
 * that goes to stdout.
 * Invariant: an interruption is how it is meant to end, so that the exit code then is 0; and no client ends it, nor an
 * exception, which is reported.
 */
import { once } from 'node:events';
import type { Settings } from '../arguments/flags.js';
import { readAuthToken, readTls } from '../arguments/serve-files.js';
import type { CliEnvironment } from '../environment.js';
import { exitCodes, type ExitCode } from '../exit-codes.js';
import type { UseCases } from '../use-cases.js';

export async function serveCommand(
  settings: Settings,
  { cwd, signal, stdout, stderr, outliveExceptions }: CliEnvironment,
  useCases: UseCases,
): Promise<ExitCode> {
  const { listen, members, etcdVersion, quotaBackendBytes } = settings;
  const tls = await readTls(cwd, settings);
  const authToken = await readAuthToken(cwd, settings);
  const onInternalError = (error: unknown): void => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    stderr.write(`sim: internal error, still serving: ${text}\n`);
  };
  const served = await useCases.serveEtcd({
    listen,
    members,
    tls,
    authToken,
    version: etcdVersion,
    quotaBackendBytes,
    onInternalError,
  });
  const dieOfExceptions = outliveExceptions(onInternalError);
  for (const endpoint of served.endpoints.filter(isForOthers)) {
    stderr.write(
      `sim: warning: ${endpoint} is open to other machines, and any of them can read and write it\n`,
    );
  }
  stderr.write(`serving etcd ${etcdVersion} from memory; the data is lost when this process ends (Ctrl-C)\n`);
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
