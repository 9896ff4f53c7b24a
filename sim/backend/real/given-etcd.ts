/** An etcd that someone else runs: its addresses are checked once, and then it is used unchanged. */
import { Etcd3 } from 'etcd3';
import { EnvironmentError } from '../environment-error.js';

const ANSWER_MAX_MS = 5_000;

/** The endpoint's `host:port`, as a proxy needs it. Throws for anything but `http://HOST:PORT`. */
export function addressOf(endpoint: string): string {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url === undefined || url.protocol !== 'http:' || url.port === '') {
    throw new EnvironmentError(
      `expected an endpoint such as http://127.0.0.1:2379, got ${JSON.stringify(endpoint)}`,
    );
  }
  return url.host;
}

/** Asks an etcd for its version and for a linearizable read. Rejects with one line if it does not answer. */
export async function askEtcd(endpoint: string): Promise<{ readonly version: string }> {
  const client = new Etcd3({
    hosts: endpoint,
    // An HTTP proxy from the environment must not apply to etcd. The pool is separate, because grpc-js would
    // share this connection, and its backoff after a failure, with later clients.
    grpcOptions: { 'grpc.enable_http_proxy': 0, 'grpc.use_local_subchannel_pool': 1 },
    defaultCallOptions: () => ({ deadline: Date.now() + ANSWER_MAX_MS }),
  });
  try {
    const { version } = await client.maintenance.status();
    await client.get('etcd-sim').exec();
    return { version };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new EnvironmentError(`etcd at ${endpoint} does not answer: ${message}`, { cause: error });
  } finally {
    client.close();
  }
}
