/**
 * Gives a user a token: the asked member checks the password, and an entry of the log makes the token known
 * to all members. Invariant: a token is returned only if the password was right under the users and roles in
 * force when the entry is applied here. If they changed in between, everything is repeated.
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
