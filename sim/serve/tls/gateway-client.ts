/**
 * The JSON gateway as a client of its own member. etcd's gateway dials the port that it is served at and shows the
 * member's own certificate, under the rules for all clients. Invariant: where etcd's gateway does not get in, ours refuses
 * every request, too.
 */
import { duplexPair } from 'node:stream';
import { connect } from 'node:tls';
import { CODE } from '../../etcd/errors.js';
import type { CallStatus } from '../../etcd/call-status.js';
import { asksClients, createTlsServer, gatewayNameOf, type ServerTls, type TlsRules } from './server-tls.js';

export interface GatewayClient {
  /** The common name by which the member knows it, where it takes users from certificates. */
  readonly commonName: string | undefined;
  /** Why every request of it fails; undefined where it gets in. */
  readonly refusal: CallStatus | undefined;
}

/** @throws InputError where certificates or keys will not do */
export async function gatewayClientOf(tls: ServerTls | undefined, rules: TlsRules): Promise<GatewayClient> {
  if (tls === undefined) return { commonName: undefined, refusal: undefined };
  return { commonName: gatewayNameOf(tls), refusal: await refusalOf(tls, rules) };
}

async function refusalOf(tls: ServerTls, rules: TlsRules): Promise<CallStatus | undefined> {
  if (!asksClients(tls)) return undefined;
  // etcd's gateway holds the member's certificate to this as well, and finds that nobody has verified it.
  if (tls.clientCertAllowedHostnames !== undefined) {
    return unavailable(
      'transport: authentication handshake failed: client certificate authentication failed',
    );
  }
  return (await getsIn(tls, rules))
    ? undefined
    : unavailable('error reading server preface: remote error: tls: bad certificate');
}

function unavailable(reason: string): CallStatus {
  return { code: CODE.unavailable, details: `connection error: desc = "${reason}"` };
}

/** A handshake with itself, in memory. */
async function getsIn(tls: ServerTls, rules: TlsRules): Promise<boolean> {
  const [near, far] = duplexPair();
  const isWelcome = new Promise<boolean>((resolve) => {
    const server = createTlsServer(tls, rules, () => resolve(true));
    // Whoever is turned away is so without a word.
    far.on('close', () => resolve(false));
    server.emit('connection', far);
  });
  // It trusts the member, which is itself.
  const client = connect({ socket: near, cert: tls.certificate, key: tls.key, rejectUnauthorized: false });
  client.on('error', () => undefined);
  try {
    return await isWelcome;
  } finally {
    client.destroy();
    far.destroy();
  }
}
