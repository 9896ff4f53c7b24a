/**
 * The simulated network stands in for the channels of one `@grpc/grpc-js`. A package manager may install two: then
 * `etcd3` would use the other one and reach for a real socket.
 */
import { createRequire } from 'node:module';
import { EnvironmentError } from './environment-error.js';

const GRPC = '@grpc/grpc-js';

/**
 * Expects that etcd3 uses the `@grpc/grpc-js` that the simulator does.
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
