/** Who asks for something, as etcd writes it into the header of a proposal. */

export interface Asker {
  /** The user's name; empty where nobody has said. */
  readonly user: string;
  /**
   * Of users and roles when the token or the certificate was looked at, or what a signed token says that it was when it
   * was given; 0 where there is neither.
   */
  readonly authRevision: number;
}

/** A call without a token and without a certificate. */
export const NOBODY: Asker = { user: '', authRevision: 0 };
