/**
 * TLS at a member's port, with etcd's rules for the certificates of its clients. Invariant: every connection
 * that it passes on has shown a certificate that passes all rules, if clients need one; every other
 * connection is closed.
 */
import { X509Certificate } from 'node:crypto';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { InputError } from '../../input/parsed.js';
import { isNamedAsAllowed } from './allowed-names.js';
import { isRevoked } from './revocation.js';

export interface ServerTls {
  /** The certificate and those that sign it, PEM. */
  readonly certificate: string;
  /** The certificate's private key, PEM. */
  readonly key: string;
  /**
   * The authorities whose certificates clients may have, PEM, as etcd's `--trusted-ca-file`: every client needs one then.
   */
  readonly trustedCa?: string | undefined;
  /**
   * As etcd's `--client-cert-auth`: every client needs a certificate, and with authentication on a client without a
   * token is the user that its certificate's common name says. Without `trustedCa` the authorities are those that Node.js
   * trusts.
   */
  readonly clientCertAuth?: boolean | undefined;
  /** As etcd's `--client-cert-allowed-hostname`: a client's certificate must be for one of these. */
  readonly clientCertAllowedHostnames?: readonly string[] | undefined;
  /**
   * The path of a list of revoked certificates, DER, as etcd's `--client-crl-file`. As there it is read for each
   * connection, and neither whose list it is nor how old matters.
   */
  readonly clientCrlFile?: string | undefined;
}

/** The effect of {@link ServerTls} in a version of etcd. */
export interface TlsRules {
  readonly readsCrlAsPem: boolean;
}

/**
 * A server without a port of its own: it receives connections.
 *
 * @param onConnection a connection whose handshake is done
 * @throws InputError if certificates or keys cannot be used
 */
export function createTlsServer(
  tls: ServerTls,
  rules: TlsRules,
  onConnection: (socket: TLSSocket) => void,
): Server {
  const asks = asksClients(tls);
  if (tls.trustedCa !== undefined) expectAuthorities(tls.trustedCa);
  let server;
  try {
    server = createServer({
      cert: tls.certificate,
      key: tls.key,
      ALPNProtocols: ['h2', 'http/1.1'],
      ...(asks && {
        requestCert: true,
        rejectUnauthorized: true,
        ...(tls.trustedCa !== undefined && { ca: tls.trustedCa }),
      }),
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(`the certificate or its key cannot be used: ${reason}`);
  }
  return server.on('secureConnection', (socket) => {
    // A client that leaves before its protocol is known is no error of ours.
    socket.on('error', () => undefined);
    if (asks && !isWelcome(socket, tls, rules)) socket.destroy();
    else onConnection(socket);
  });
}

/** True where clients need a certificate. */
export function asksClients({ trustedCa, clientCertAuth }: ServerTls): boolean {
  return trustedCa !== undefined || clientCertAuth === true;
}

/**
 * The common name of the client's certificate, empty if it has none; undefined if users do not come from
 * certificates.
 */
export function userNameOf(socket: TLSSocket, { clientCertAuth }: ServerTls): string | undefined {
  return clientCertAuth === true ? commonNameOf(socket.getPeerX509Certificate()) : undefined;
}

/** The user as which etcd's gateway calls the member: it shows the member's own certificate. */
export function gatewayNameOf({ certificate, clientCertAuth }: ServerTls): string | undefined {
  return clientCertAuth === true ? commonNameOf(new X509Certificate(certificate)) : undefined;
}

/** Of several names in one certificate, Go takes the last. */
function commonNameOf(certificate: X509Certificate | undefined): string {
  const names: unknown = certificate?.toLegacyObject().subject.CN;
  const last: unknown = Array.isArray(names) ? names.at(-1) : names;
  return typeof last === 'string' ? last : '';
}

function isWelcome(socket: TLSSocket, tls: ServerTls, rules: TlsRules): boolean {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return false;
  const { clientCertAllowedHostnames: allowed, clientCrlFile } = tls;
  if (allowed !== undefined && !isNamedAsAllowed(certificate, allowed)) return false;
  return clientCrlFile === undefined || !isRevoked(certificate, clientCrlFile, rules);
}

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** Node.js trusts an intermediate authority only together with the root; Go trusts it alone. */
function expectAuthorities(pem: string): void {
  const authorities = (pem.match(PEM_CERTIFICATE) ?? []).map(parseAuthority);
  if (authorities.length === 0)
    throw new InputError('the trusted CA cannot be used: expected certificates in PEM');
  const orphan = authorities.find((one) => !authorities.some((other) => one.checkIssued(other)));
  if (orphan === undefined) return;
  const issuer = orphan.issuer.replaceAll('\n', ', ');
  throw new InputError(`the trusted CA cannot be used: expected the certificate of ${issuer} as well`);
}

function parseAuthority(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new InputError('the trusted CA cannot be used: expected certificates in PEM');
  }
}
