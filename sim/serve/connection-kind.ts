/**
 * Detects the protocol of a connection from its first bytes, as etcd does on its client port, which serves
 * both gRPC and HTTP/1.1. Invariant: no received byte is lost, and a connection that speaks neither is ended.
 */
import type { Socket } from 'node:net';

const HTTP2_PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');
/** A longer first line is not accepted. */
const LINE_BYTES_MAX = 4096;
const HTTP1_LINE = /^[^ \r\n]+ [^ \r\n]+ HTTP\/1\.[01]\r?\n/;

export type ConnectionKind = 'HTTP/2' | 'HTTP/1';

/** Calls back once the protocol is known; never if the connection ends before, or speaks another one. */
export function whenKindIsKnown(socket: Socket, known: (kind: ConnectionKind) => void): void {
  let received: Buffer = Buffer.alloc(0);
  const look = (): void => {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) return;
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    const kind = kindOf(received);
    if (kind === 'more') return;
    socket.off('readable', look);
    if (kind === 'neither') {
      socket.destroy();
      return;
    }
    socket.unshift(received);
    known(kind);
  };
  socket.on('readable', look);
}

function kindOf(received: Buffer): ConnectionKind | 'more' | 'neither' {
  const shared = Math.min(received.length, HTTP2_PREFACE.length);
  if (received.subarray(0, shared).equals(HTTP2_PREFACE.subarray(0, shared))) {
    return shared === HTTP2_PREFACE.length ? 'HTTP/2' : 'more';
  }
  const end = received.indexOf('\n');
  if (end === -1) return received.length < LINE_BYTES_MAX ? 'more' : 'neither';
  return HTTP1_LINE.test(received.toString('latin1', 0, end + 1)) ? 'HTTP/1' : 'neither';
}
