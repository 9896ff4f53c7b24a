/**
 * Watches with an invalid token: etcd3 opens each with the token it has and never requests another, as etcd's
 * Go client does for every stream. Invariant: a new token is requested only after etcd refused one.
 */
import type { IWatchResponse, Namespace } from 'etcd3';

/** Whether etcd refuses the watch because of its stream's token, so that it can be reopened with another. */
export function isTokenRefused({ canceled, cancel_reason: reason }: IWatchResponse): boolean {
  return canceled && /invalid auth token|revision of auth store is old/.test(reason);
}

/** Makes etcd3 request another token, which it does when a unary call is refused; never rejects. */
export async function renewToken(client: Namespace): Promise<void> {
  await client
    .get('token')
    .exec()
    .catch(() => undefined);
}
