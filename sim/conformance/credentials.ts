/** How a command identifies its sender: metadata that is known only once the sequence runs. */
import type { Meaning } from './symbolic-values.js';

export type Credentials =
  /** The n-th token that was issued in the sequence, counted from 0, or one that was never issued. */
  | { readonly tokenGranted: number; readonly said?: 'as bearer' | 'as authorization' }
  /** A literal token; etcd must have applied its index, or it would wait for it. */
  | { readonly token: string };

export type CallMetadata = Readonly<Record<string, string>>;

/** A token that was never issued. */
const UNKNOWN_TOKEN = 'unknown.1';

/** The metadata of a call. */
export function metadataOf(credentials: Credentials | undefined, { tokens }: Meaning): CallMetadata {
  if (credentials === undefined) return {};
  if ('token' in credentials) return { token: credentials.token };
  const token = tokens[credentials.tokenGranted] ?? UNKNOWN_TOKEN;
  switch (credentials.said) {
    case undefined:
      return { token };
    case 'as bearer':
      return { token: `Bearer ${token}` };
    case 'as authorization':
      return { authorization: token };
    default:
      return credentials.said satisfies never;
  }
}
