/**
 * Watches whose token is no longer valid: etcd3 opens each with the token it has and never asks for another, as etcd's
 * Go client does for every stream. Invariant: nothing is asked unless etcd refused a token.
 */
import type { IWatchResponse, Namespace } from 'etcd3';

/** Whether etcd refuses the watch for the token of its stream, so that it can be opened anew with another. */
export function isTokenRefused({ canceled, cancel_reason: reason }: IWatchResponse): boolean {
  return canceled && /invalid auth token|revision of auth store is old/.test(reason);
}

/** Has etcd3 ask for another token, which it does where a call is refused that is no stream; never rejects. */
export async function renewToken(client: Namespace): Promise<void> {
  await client
    .get('token')
    .exec()
    .catch(() => undefined);
}
