/**
 * Who may do what in a run with authentication: the observer is root, and every node a user of its own, whose role lets
 * it do everything under the run's prefix. Invariant: users are there before anybody logs in, and their passwords never
 * change, also where they are set again.
 */
import { noop } from 'cockatiel';
import { Range, type Etcd3, type IOptions } from 'etcd3';

/** What etcd3 logs in with. */
export type Credentials = NonNullable<IOptions['auth']>;

/** Who sets up, observes and operates. */
export const ROOT: Credentials = { username: 'root', password: 'root-password' };

const ROLE = 'everything-of-the-run';

/** Whom a node logs in as. */
export function credentialsOf(node: string): Credentials {
  return { username: `node-${node}`, password: 'node-password' };
}

/**
 * How a node's client logs in. Without etcd3's circuit breaker: one that tries whether it may close, with a token that is
 * refused, waits for itself for ever, and no recipe could mend that.
 */
export function loginOf(node: string): Pick<IOptions, 'auth' | 'faultHandling'> {
  return { auth: credentialsOf(node), faultHandling: { host: () => noop } };
}

/** Makes the users and turns authentication on; from then on the client, which has none of them, may do nothing. */
export async function enableAuthentication(
  client: Etcd3,
  prefix: string,
  nodes: readonly string[],
): Promise<void> {
  const { auth } = client;
  await addUser(client, ROOT, 'root');
  await auth.roleAdd({ name: ROLE });
  const { start, end } = Range.prefix(prefix);
  await auth.roleGrantPermission({
    name: ROLE,
    perm: { permType: 'Readwrite', key: start, range_end: end },
  });
  for (const node of nodes) await addUser(client, credentialsOf(node), ROLE);
  await auth.authEnable();
}

/** Makes every token that the node has void; whoever has the password is given another. */
export async function expireTokens(client: Etcd3, node: string): Promise<void> {
  const { username, password } = credentialsOf(node);
  await client.auth.userChangePassword({ name: username, password });
}

async function addUser({ auth }: Etcd3, { username, password }: Credentials, role: string): Promise<void> {
  await auth.userAdd({ name: username, password });
  await auth.userGrantRole({ user: username, role });
}
