/** Which clients get through the handshake of an etcd's TLS, and receive an answer. */
import { connect, type SecureVersion } from 'node:tls';
import { clientTls } from './identities.js';

/** `served`, or `refused`, at any point in the handshake or after it. */
export async function shakeHands(
  host: string,
  identity: string | undefined,
  version: SecureVersion = 'TLSv1.3',
): Promise<'served' | 'refused'> {
  const { hostname, port } = new URL(host);
  const socket = connect({
    ...clientTls(identity),
    ...{ host: hostname, port: Number(port), ALPNProtocols: ['http/1.1'], maxVersion: version },
  });
  return new Promise((resolve) => {
    socket.on('secureConnect', () => socket.write('GET /version HTTP/1.1\r\nHost: localhost\r\n\r\n'));
    socket.on('data', () => {
      resolve('served');
      socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve('refused'));
  });
}
