/** Users of an etcd with authentication: root, and one for each test, whose only role permits nothing yet. */
import { AuthClient } from './auth-client.js';
import type { Etcd } from './etcd.js';
import type { RawEtcd } from './raw-etcd.js';

export class Users {
  readonly #etcd: Etcd;
  #rootToken = '';
  #token = '';
  #number = 0;

  constructor(etcd: Etcd) {
    this.#etcd = etcd;
  }

  async enable(): Promise<void> {
    const auth = new AuthClient(this.#etcd.raw);
    await auth.userAdd('root', 'secret');
    await auth.userGrantRole('root', 'root');
    await auth.enable();
    this.#rootToken = await auth.authenticate('root', 'secret');
  }

  async disable(): Promise<void> {
    await this.management.disable();
  }

  async addOne(): Promise<void> {
    this.#number++;
    const { management, name, role } = this;
    await management.userAdd(name, 'password');
    await management.roleAdd(role);
    await management.userGrantRole(name, role);
    this.#token = await management.authenticate(name, 'password');
  }

  get name(): string {
    return `user-${this.#number}`;
  }

  get role(): string {
    return `role-${this.#number}`;
  }

  get token(): string {
    return this.#token;
  }

  /** Calls as root. */
  get root(): RawEtcd {
    return this.#etcd.raw.by({ token: this.#rootToken });
  }

  /** The Auth service as root. */
  get management(): AuthClient {
    return new AuthClient(this.root);
  }

  /** Calls as the user of the test. */
  get user(): RawEtcd {
    return this.#etcd.raw.by({ token: this.#token });
  }

  /** Gives the user of the test another permission. */
  grant(permType: number, key: string, rangeEnd = ''): Promise<void> {
    return this.management.roleGrant(this.role, { permType, key, rangeEnd });
  }
}
