/** What `sim doctor` looks for, and what it finds. */
import type { EtcdVersion } from '../../etcd/version.js';

export interface GivenParts {
  readonly endpoints: readonly string[] | undefined;
  readonly toxiproxy: string | undefined;
  /** The etcd that would be started where none is given. */
  readonly etcdVersion: EtcdVersion;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The state of one thing that a backend needs. */
export interface Inspection {
  /** Such as `etcd`. */
  readonly name: string;
  readonly usable: boolean;
  /** False if only users who ask for it need it: without it, the machine is fine nevertheless. True by default. */
  readonly needed?: boolean;
  /** Where it is, or what to do to have it; one phrase. */
  readonly text: string;
}
