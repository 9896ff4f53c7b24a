/**
 * The tokens that one member's process knows, like etcd's simple tokens: every member learns of each when it is given,
 * each forgets it by its own clock, and a process that starts knows none. Invariant: a token that is known was assigned
 * while authentication was on, and it has been on since.
 */
import { ok, type Result } from '../result.js';
import type { AuthEvent } from './auth-store.js';
import { UNKNOWN_TOKEN, type Found, type Login, type Tokens } from './tokens.js';

/** The default life of a token, counted from when it was given or last used at this member. */
export const TOKEN_TTL_MS = 300_000;
/** How often etcd looks for tokens whose time is over, counted from when it began to keep them. */
const LOOK_PERIOD_MS = 1000;

interface Token {
  readonly user: string;
  expiryMs: number;
}

export class TokenKeeper implements Tokens {
  readonly gives = true;
  readonly #nowMs: () => number;
  readonly #ttlMs: number;
  readonly #tokens = new Map<string, Token>();
  #startedMs: number;
  #lookedMs: number;

  constructor(nowMs: () => number, ttlMs = TOKEN_TTL_MS) {
    this.#nowMs = nowMs;
    this.#ttlMs = ttlMs;
    this.#startedMs = nowMs();
    this.#lookedMs = this.#startedMs;
  }

  onEvent(event: AuthEvent): void {
    switch (event.kind) {
      case 'enabled':
        this.#startedMs = this.#nowMs();
        this.#lookedMs = this.#startedMs;
        break;
      case 'disabled':
        this.#tokens.clear();
        break;
      case 'token-assigned':
        this.#look();
        this.#tokens.set(event.token, { user: event.user, expiryMs: this.#nowMs() + this.#ttlMs });
        break;
      case 'user-invalidated':
        for (const [token, { user }] of this.#tokens) if (user === event.user) this.#tokens.delete(token);
        break;
      default:
        event satisfies never;
    }
  }

  /** The entry that assigned it has told every member. */
  give({ drawn }: Login): Result<string> {
    return ok(drawn);
  }

  find(token: string, { appliedIndex, authRevision }: Parameters<Tokens['find']>[1]): Found {
    const index = indexOf(token);
    if (index === undefined) return UNKNOWN_TOKEN;
    if (index > appliedIndex) return { kind: 'later', index };
    const user = this.use(token);
    return user === undefined ? UNKNOWN_TOKEN : { kind: 'known', asker: { user, authRevision } };
  }

  /** The token's user; this prolongs the token's life. Undefined if the token is unknown. */
  use(token: string): string | undefined {
    this.#look();
    const found = this.#tokens.get(token);
    if (found === undefined) return undefined;
    found.expiryMs = this.#nowMs() + this.#ttlMs;
    return found.user;
  }

  /** Forgets what etcd would have forgotten at the last look, without a timer. */
  #look(): void {
    const nowMs = this.#nowMs();
    const lookMs = nowMs - ((nowMs - this.#startedMs) % LOOK_PERIOD_MS);
    if (lookMs <= this.#lookedMs) return;
    this.#lookedMs = lookMs;
    for (const [token, { expiryMs }] of this.#tokens) if (expiryMs < lookMs) this.#tokens.delete(token);
  }
}

/** The index in the log at which the token says that it was given; undefined where it says none. */
function indexOf(token: string): number | undefined {
  const [, index, ...rest] = token.split('.');
  if (index === undefined || rest.length > 0 || !/^\d+$/.test(index)) return undefined;
  return BigInt(index) < 1n << 64n ? Number(index) : undefined;
}
