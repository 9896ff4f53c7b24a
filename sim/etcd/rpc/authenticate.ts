/**
 * Gives a user a token: the member that is asked checks the password, and an entry of the log tells all members of
 * the token. Invariant: a token is only answered where the password was right at the users and roles that hold when
 * the entry is applied here; where they have changed in between, everything is done again.
 */
import { counted } from '../metrics/counted.js';
import type { EtcdHost } from '../service.js';
import { ok } from '../result.js';
import type { AuthenticateRequest, AuthenticateResponse } from '../wire/auth.js';
import { admit, type GiveUp } from './admit.js';
import type { MemberServer } from './server.js';
import type { Handler } from './unary.js';

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const PREFIX_LETTERS = 16;

export const authenticate: Handler<AuthenticateRequest, AuthenticateResponse> = (
  server,
  request,
  reply,
  _bytes,
  metadata,
) => {
  const { name, password } = request;
  let giveUp: GiveUp;
  const attempt = (): void => {
    const checked = server.machine.auth.checkPassword(name, password);
    if (checked.kind === 'failed') {
      reply(checked);
      return;
    }
    const prefix = drawPrefix(server);
    const audience = server.rules.auth.checksTokenOfLogin ? 'known' : 'everyone';
    giveUp = admit(server, metadata, audience, reply, () =>
      server.propose(
        counted('Authenticate', ({ auth }, index) => auth.authenticate(name, `${prefix}.${index}`)),
        (result) => {
          const authRevision = server.machine.auth.revision;
          const given =
            result.kind === 'failed'
              ? result
              : server.tokens.give({ user: name, authRevision, drawn: result.value });
          if (given.kind === 'failed') reply(given);
          else if (checked.value !== authRevision) attempt();
          else reply(ok({ header: server.header(), token: given.value }));
        },
      ),
    );
  };
  const cancelRead = server.linearizableRead((confirmed) => {
    if (confirmed.kind === 'failed') reply(confirmed);
    else attempt();
  });
  return () => {
    cancelRead();
    giveUp?.();
  };
};

function drawPrefix({ host, name }: MemberServer): string {
  let prefix = '';
  while (prefix.length < PREFIX_LETTERS) prefix += drawLetter(host, `${name}/token`);
  return prefix;
}

function drawLetter(host: EtcdHost, stream: string): string {
  return LETTERS.charAt(host.randomUint32(stream) % LETTERS.length);
}
