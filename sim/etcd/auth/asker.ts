/** Who asks for something, as etcd writes it into the header of a proposal. */

export interface Asker {
  /** The user's name; empty where nobody has said. */
  readonly user: string;
  /** Of users and roles when the token was looked up; 0 where there was none. Never 0 otherwise. */
  readonly authRevision: number;
}

/** A call without a token. */
export const NOBODY: Asker = { user: '', authRevision: 0 };
