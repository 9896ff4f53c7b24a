/** What a command says about who sends it: metadata that is only known once the sequence runs. */
import type { Meaning } from './symbolic-values.js';

export type Credentials =
  /** The n-th token that was given in the sequence, counted from 0, or one that nobody gave. */
  | { readonly tokenGranted: number; readonly said?: 'as bearer' | 'as authorization' }
  /** A token as it stands; its index must be one that etcd has applied, or etcd would wait for it. */
  | { readonly token: string };

export type CallMetadata = Readonly<Record<string, string>>;

/** A token that nobody was given. */
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
