/**
 * Whether a certificate is on a list of revoked ones. etcd compares only serial numbers: it ignores the
 * issuer, the signature and the age of the list. Node.js reads no such lists, and OpenSSL is stricter, so the
 * few levels of DER down to the numbers are read here. Invariant: a list that cannot be read revokes
 * everything.
 */
import type { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

const INTEGER = 0x02;
const SEQUENCE = 0x30;
const PEM_PREFIX = '-----BEGIN X509 CRL';

/** @param file read anew each time */
export function isRevoked(
  certificate: X509Certificate,
  file: string,
  { readsCrlAsPem }: { readonly readsCrlAsPem: boolean },
): boolean {
  let revoked: ReadonlySet<bigint>;
  try {
    revoked = new Set(revokedSerials(derOf(readFileSync(file), readsCrlAsPem)));
  } catch {
    return true;
  }
  for (let one: X509Certificate | undefined = certificate; one !== undefined; one = issuerOf(one)) {
    if (revoked.has(BigInt(`0x${one.serialNumber}`))) return true;
  }
  return false;
}

/** The certificates that the client sent beside its own. The authority at the top is the server's own. */
function issuerOf({ issuerCertificate: issuer }: X509Certificate): X509Certificate | undefined {
  return issuer?.checkIssued(issuer) === true ? undefined : issuer;
}

function derOf(bytes: Buffer, readsPem: boolean): Buffer {
  const text = bytes.toString('latin1');
  if (!readsPem || !text.startsWith(PEM_PREFIX)) return bytes;
  const [, base64 = ''] = /-----BEGIN X509 CRL-----([^-]*)-----END/.exec(text) ?? [];
  return Buffer.from(base64, 'base64');
}

/**
 * The serial numbers in a CertificateList. Its first element holds a version, the signature's algorithm, the
 * issuer, and one or two times. Then follows a sequence with an entry for each certificate, which begins with
 * its serial number.
 *
 * @throws Error if it is no such list
 */
function revokedSerials(der: Buffer): bigint[] {
  const [list] = elementsOf(der);
  const [signed] = elementsOf(contentOf(list, SEQUENCE));
  const parts = elementsOf(contentOf(signed, SEQUENCE));
  const [, , ...rest] = parts.filter(({ tag }) => tag === SEQUENCE);
  const [entries] = rest;
  if (parts.length < 3) throw new Error('expected a revocation list');
  if (entries === undefined) return [];
  return elementsOf(entries.content).map((entry) => {
    const [serial] = elementsOf(contentOf(entry, SEQUENCE));
    return BigInt(`0x${contentOf(serial, INTEGER).toString('hex')}`);
  });
}

interface Element {
  readonly tag: number;
  readonly content: Buffer;
}

function contentOf(element: Element | undefined, tag: number): Buffer {
  if (element?.tag !== tag) throw new Error(`expected an element ${tag}, got ${element?.tag}`);
  return element.content;
}

function elementsOf(der: Buffer): Element[] {
  const elements: Element[] = [];
  for (let at = 0; at < der.length;) {
    const tag = der.readUInt8(at);
    const short = der.readUInt8(at + 1);
    const lengthBytes = short < 0x80 ? 0 : short & 0x7f;
    const length = lengthBytes === 0 ? short : der.readUIntBE(at + 2, lengthBytes);
    const start = at + 2 + lengthBytes;
    at = start + length;
    if (at > der.length) throw new RangeError('an element extends beyond its list');
    elements.push({ tag, content: der.subarray(start, at) });
  }
  return elements;
}
