/**
 * The users of a run with authentication on its own etcd: the observer is root, and every node is a user
 * whose role allows every key. Invariant: users exist before the first login, and their passwords never
 * change, even when they are set again.
 */
import { noop } from 'cockatiel';
import { Etcd3, type IOptions } from 'etcd3';

/** etcd3's login options. */
export type Credentials = NonNullable<IOptions['auth']>;

/** The user that sets up, observes and operates. */
export const ROOT: Credentials = { username: 'root', password: 'root-password' };

const ROLE = 'everything-of-the-run';
const EVERY_KEY = Buffer.from([0]);

/** The user as which a node logs in. */
export function credentialsOf(node: string): Credentials {
  return { username: `node-${node}`, password: 'node-password' };
}

/**
 * How a node's client logs in. It has no circuit breaker: etcd3's breaker, probing with a refused token,
 * would wait for itself for ever, and no recipe could fix that.
 */
export function loginOf(node: string): Pick<IOptions, 'auth' | 'faultHandling'> {
  return { auth: credentialsOf(node), faultHandling: { host: () => noop } };
}

/**
 * Creates the users and turns authentication on. The client has no user, so from then on it may do nothing.
 */
export async function enableAuthentication(client: Etcd3, nodes: readonly string[]): Promise<void> {
  const { auth } = client;
  await addUser(client, ROOT, 'root');
  await auth.roleAdd({ name: ROLE });
  await auth.roleGrantPermission({
    name: ROLE,
    perm: { permType: 'Readwrite', key: EVERY_KEY, range_end: EVERY_KEY },
  });
  for (const node of nodes) await addUser(client, credentialsOf(node), ROLE);
  await auth.authEnable();
}

/**
 * Resolves once every member knows that authentication is on. A member that applies it late issues no token,
 * and etcd3 then continues without one, against members that refuse that.
 *
 * @param options how the observer reaches etcd
 */
export async function awaitAuthentication(options: IOptions, prefix: string): Promise<void> {
  for (const host of [options.hosts].flat()) {
    for (let attempt = 1; !(await canLogIn({ ...options, hosts: host, auth: ROOT }, prefix)); attempt++) {
      if (attempt === ATTEMPTS_MAX) throw new Error(`nobody can log in at ${JSON.stringify(host)}`);
      // eslint-disable-next-line no-restricted-globals -- the observer's own timer, virtual in a simulated run
      await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER_MS));
    }
  }
}

const RETRY_AFTER_MS = 20;
const ATTEMPTS_MAX = 250;

/** With a new client, because a client keeps the token that it has. */
async function canLogIn(options: IOptions, prefix: string): Promise<boolean> {
  const client = new Etcd3({ ...options, faultHandling: { host: () => noop } });
  return client
    .getAll()
    .prefix(prefix)
    .limit(1)
    .exec()
    .then(
      () => true,
      () => false,
    )
    .finally(() => client.close());
}

/** Invalidates every token of the node; a client with the password gets a new one. */
export async function expireTokens(client: Etcd3, node: string): Promise<void> {
  const { username, password } = credentialsOf(node);
  await client.auth.userChangePassword({ name: username, password });
}

async function addUser({ auth }: Etcd3, { username, password }: Credentials, role: string): Promise<void> {
  await auth.userAdd({ name: username, password });
  await auth.userGrantRole({ user: username, role });
}
