/** A gRPC server on Node's HTTP/2 that returns its input: the minimum that any server in Node takes. */
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';

const HEADERS = { ':status': 200, 'content-type': 'application/grpc' };
const TRAILERS = { 'grpc-status': '0', 'grpc-message': '' };
const OPTIONS = { waitForTrailers: true, sendDate: false };

const server = createServer();
server.on('stream', (stream) => {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.on('end', () => {
    stream.respond(HEADERS, OPTIONS);
    stream.once('wantTrailers', () => stream.sendTrailers(TRAILERS));
    stream.end(Buffer.concat(chunks));
  });
  stream.on('error', () => undefined);
});
server.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
process.once('SIGINT', () => process.exit(0));
