/**
 * The simulated network replaces the channels of one `@grpc/grpc-js`. If a package manager installs two,
 * `etcd3` may use the other one and open a real socket.
 */
import { createRequire } from 'node:module';
import { EnvironmentError } from './environment-error.js';

const GRPC = '@grpc/grpc-js';

/**
 * Expects that etcd3 and the simulator use the same `@grpc/grpc-js`.
 *
 * @param from the module that uses etcd3, as a URL
 * @throws EnvironmentError
 */
export function expectOneGrpc(from: string = import.meta.url): void {
  const ours = createRequire(import.meta.url).resolve(GRPC);
  const theirs = createRequire(createRequire(from).resolve('etcd3')).resolve(GRPC);
  if (ours === theirs) return;
  throw new EnvironmentError(
    `expected one ${GRPC} for etcd3 and etcd-sim, got ${theirs} and ${ours}; run npm dedupe`,
  );
}
