/** The tokens that one member knows: when it forgets them, and what it makes of those that it does not know. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TokenKeeper, TOKEN_TTL_MS } from '../../sim/etcd/auth/token-keeper.js';

describe('a token keeper', () => {
  it('knows what a list of tokens with their times knows', () => {
    const step = fc.oneof(
      fc.record({ advance: fc.integer({ min: 1, max: 200_000 }) }),
      fc.record({ assign: fc.nat(3) }),
      fc.record({ use: fc.nat(5) }),
      fc.record({ invalidate: fc.nat(3) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let nowMs = 0;
        const keeper = new TokenKeeper(() => nowMs);
        const known: { user: string; expiryMs: number }[] = [];
        for (const one of steps) {
          if ('advance' in one) nowMs += one.advance;
          else if ('assign' in one) {
            const user = `user ${one.assign}`;
            keeper.onEvent({ kind: 'token-assigned', token: `t.${known.length}`, user });
            known.push({ user, expiryMs: nowMs + TOKEN_TTL_MS });
          } else if ('use' in one) {
            const token = known[one.use];
            // The keeper looks at whole seconds.
            const isAlive = token !== undefined && token.expiryMs >= nowMs - (nowMs % 1000);
            expect(keeper.use(`t.${one.use}`)).toBe(isAlive ? token.user : undefined);
            if (isAlive) token.expiryMs = nowMs + TOKEN_TTL_MS;
            else if (token !== undefined) token.expiryMs = -Infinity;
          } else {
            const user = `user ${one.invalidate}`;
            keeper.onEvent({ kind: 'user-invalidated', user });
            for (const token of known) if (token.user === user) token.expiryMs = -Infinity;
          }
        }
      }),
    );
  });

  it('looks every second for those whose time is over, from when authentication was turned on', () => {
    let nowMs = 0;
    const keeper = new TokenKeeper(() => nowMs, 2000);
    nowMs = 500;
    keeper.onEvent({ kind: 'enabled' });
    for (const token of ['t.1', 't.2']) {
      nowMs += 100;
      keeper.onEvent({ kind: 'token-assigned', token, user: 'alice' });
    }
    nowMs = 3499;
    expect(keeper.use('t.1')).toBe('alice');
    nowMs = 3500;
    expect([keeper.use('t.1'), keeper.use('t.2')]).toEqual(['alice', undefined]);
  });

  it('takes a token at its word, from which index in the log it is; none without one', () => {
    const keeper = new TokenKeeper(() => 0);
    const find = (token: string) => keeper.find(token, { appliedIndex: 9, authRevision: 1 });
    const indexMax = 2n ** 64n - 1n;
    expect(find('t.10')).toEqual({ kind: 'later', index: 10 });
    expect(find(`t.${indexMax}`)).toMatchObject({ kind: 'later' });
    for (const token of [
      't',
      't.',
      't.1x',
      't.x10',
      't.10x',
      't.10.10',
      't.-10',
      `t.${indexMax + 1n}`,
      't.9',
    ]) {
      expect(find(token)).toEqual({ kind: 'unknown' });
    }
  });

  it('forgets the tokens of one user, and no others', () => {
    const keeper = new TokenKeeper(() => 0);
    for (const user of ['alice', 'bob']) {
      keeper.onEvent({ kind: 'token-assigned', token: `${user}.1`, user });
    }
    keeper.onEvent({ kind: 'user-invalidated', user: 'alice' });
    expect([keeper.use('alice.1'), keeper.use('bob.1')]).toEqual([undefined, 'bob']);
  });

  it('forgets everything when authentication is turned off', () => {
    const keeper = new TokenKeeper(() => 0);
    keeper.onEvent({ kind: 'token-assigned', token: 't.1', user: 'alice' });
    keeper.onEvent({ kind: 'disabled' });
    expect(keeper.use('t.1')).toBeUndefined();
  });
});
