/**
 * Tokens that no member has to remember, because they say themselves whose they are: etcd's `--auth-token jwt`.
 * Invariant: nothing makes one void but its time and newer users and roles; not even that authentication was off.
 */
import { ERRORS } from '../errors.js';
import { failed, ok, type Result } from '../result.js';
import { UNKNOWN_TOKEN, type Found, type Login, type Tokens, type TokenSigner } from './tokens.js';

export class SignedTokens implements Tokens {
  readonly #signer: TokenSigner;

  constructor(signer: TokenSigner) {
    this.#signer = signer;
  }

  get gives(): boolean {
    return this.#signer.sign !== undefined;
  }

  onEvent(): void {
    // It keeps nothing that could change.
  }

  give({ user, authRevision }: Login): Result<string> {
    const { sign } = this.#signer;
    return sign === undefined ? failed(ERRORS.verifyOnly) : ok(sign({ user, authRevision }));
  }

  find(token: string): Found {
    const asker = this.#signer.verify(token);
    return asker === undefined ? UNKNOWN_TOKEN : { kind: 'known', asker };
  }
}
