/**
 * Who may do what in a run with authentication, whose etcd is its own: the observer is root, and every node a user of
 * its own, whose role lets it use every key. Invariant: users are there before anybody logs in, and their passwords never
 * change, also where they are set again.
 */
import { noop } from 'cockatiel';
import { Etcd3, type IOptions } from 'etcd3';

/** What etcd3 logs in with. */
export type Credentials = NonNullable<IOptions['auth']>;

/** Who sets up, observes and operates. */
export const ROOT: Credentials = { username: 'root', password: 'root-password' };

const ROLE = 'everything-of-the-run';
const EVERY_KEY = Buffer.from([0]);

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
 * Resolves once every member knows that authentication is on. One that applies it late gives nobody a token, and etcd3
 * then goes on without one, to members that refuse that.
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

/** With a client of its own, since one keeps what it took for its token. */
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

/** Makes every token that the node has void; whoever has the password is given another. */
export async function expireTokens(client: Etcd3, node: string): Promise<void> {
  const { username, password } = credentialsOf(node);
  await client.auth.userChangePassword({ name: username, password });
}

async function addUser({ auth }: Etcd3, { username, password }: Credentials, role: string): Promise<void> {
  await auth.userAdd({ name: username, password });
  await auth.userGrantRole({ user: username, role });
}
