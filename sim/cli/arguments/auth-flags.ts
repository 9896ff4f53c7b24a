/** The flags of `sim serve` about who its clients are, by etcd's names. */
import { expected, ok, parseInteger } from '../../input/parsed.js';
import { parseAuthToken, type AuthTokenText } from './auth-token-text.js';
import { flag } from './flag.js';
import { parsePath, parseSwitch } from './value-shapes.js';

const everywhere = ['environment', 'config'] as const;
const serve = ['serve'] as const;
const UINT32_MAX = 2 ** 32 - 1;

export const authFlags = {
  trustedCaFile: flag<string | undefined>({
    description: 'over TLS: clients must show a certificate of these authorities, a PEM file',
    placeholder: 'FILE',
    commands: serve,
    default: undefined,
    parse: parsePath('the path of certificates'),
    alsoFrom: everywhere,
  }),
  clientCertAuth: flag<boolean>({
    description:
      "over TLS: clients must show a certificate, and with authentication on a client without a token is the user of its certificate's common name",
    commands: serve,
    default: false,
    parse: parseSwitch,
    alsoFrom: everywhere,
  }),
  clientCertAllowedHostname: flag<readonly string[] | undefined>({
    description: 'over TLS: the certificates of clients must be for one of these',
    placeholder: 'HOST,...',
    commands: serve,
    default: undefined,
    parse: (text) =>
      text.split(',').includes('')
        ? expected('names of hosts with commas between', text)
        : ok(text.split(',')),
    alsoFrom: everywhere,
  }),
  clientCrlFile: flag<string | undefined>({
    description: 'over TLS: a list of certificates that clients may not show, a DER file',
    placeholder: 'FILE',
    commands: serve,
    default: undefined,
    parse: parsePath('the path of a list of revoked certificates'),
    alsoFrom: everywhere,
  }),
  authToken: flag<AuthTokenText>({
    description:
      'what a login gives: simple tokens, which it remembers, or signed ones; the options of jwt are sign-method (RS256, ES256, PS256, HS256, EdDSA, ...), priv-key and pub-key (PEM files) and ttl (such as 10m)',
    placeholder: 'simple|jwt,OPTION=VALUE,...',
    commands: serve,
    default: { kind: 'simple' },
    defaultText: 'simple',
    parse: parseAuthToken,
    alsoFrom: everywhere,
  }),
  authTokenTtl: flag<number>({
    description: 'seconds that a simple token lives after its last use',
    placeholder: 'SECONDS',
    commands: serve,
    default: 300,
    parse: (text) => parseInteger(text, { min: 0, max: UINT32_MAX }),
    alsoFrom: everywhere,
  }),
  bcryptCost: flag<number>({
    description:
      'changes nothing, as no hashes of passwords are made: taken so that a command line of etcd works',
    placeholder: 'N',
    commands: serve,
    default: 10,
    parse: (text) => parseInteger(text, { min: 0, max: UINT32_MAX }),
    alsoFrom: everywhere,
  }),
} as const;
