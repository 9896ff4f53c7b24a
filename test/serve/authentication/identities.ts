/** The certificates that `certificates/make.sh` has made, in the form for servers and clients. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

/** The possible clients: the names of files. */
export const identities = [
  ...['root', 'alice', 'bob', 'carol', 'nameless', 'revoked', 'expired', 'stranger', 'server-only'],
] as const;

export function fileOf(name: string): string {
  return path.join(import.meta.dirname, '..', 'certificates', name);
}

export function textOf(name: string): string {
  return readFileSync(fileOf(name), 'utf8');
}

/** What a client trusts and, if it has an identity, shows. */
export function clientTls(identity?: string): { ca: string; cert?: string; key?: string } {
  const ca = textOf('ca.pem');
  if (identity === undefined) return { ca };
  const both = textOf(`${identity}.pem`);
  return { ca, cert: both, key: both };
}
