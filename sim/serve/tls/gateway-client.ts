/**
 * The JSON gateway as a client of its own member. etcd's gateway dials its own port and shows the member's
 * own certificate, under the rules for all clients. Invariant: if etcd's gateway would not be admitted, ours
 * refuses every request, too.
 */
import { duplexPair } from 'node:stream';
import { connect } from 'node:tls';
import { CODE } from '../../etcd/errors.js';
import type { CallStatus } from '../../etcd/call-status.js';
import { asksClients, createTlsServer, gatewayNameOf, type ServerTls, type TlsRules } from './server-tls.js';

export interface GatewayClient {
  /** The common name by which the member knows it, if it takes users from certificates. */
  readonly commonName: string | undefined;
  /** Why every request of it fails; undefined if it is admitted. */
  readonly refusal: CallStatus | undefined;
}

/** @throws InputError if certificates or keys cannot be used */
export async function gatewayClientOf(tls: ServerTls | undefined, rules: TlsRules): Promise<GatewayClient> {
  if (tls === undefined) return { commonName: undefined, refusal: undefined };
  return { commonName: gatewayNameOf(tls), refusal: await refusalOf(tls, rules) };
}

async function refusalOf(tls: ServerTls, rules: TlsRules): Promise<CallStatus | undefined> {
  if (!asksClients(tls)) return undefined;
  // etcd's gateway checks the member's certificate against this as well, and fails because none was verified.
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
    // A refused client gets no explanation.
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
