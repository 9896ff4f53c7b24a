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
    description: 'over TLS: clients must present a certificate signed by these authorities (a PEM file)',
    placeholder: 'FILE',
    commands: serve,
    default: undefined,
    parse: parsePath('the path of a file of certificates'),
    alsoFrom: everywhere,
  }),
  clientCertAuth: flag<boolean>({
    description:
      "over TLS: clients must present a certificate; with authentication on, a client without a token acts as the user named by its certificate's common name",
    commands: serve,
    default: false,
    parse: parseSwitch,
    alsoFrom: everywhere,
  }),
  clientCertAllowedHostname: flag<readonly string[] | undefined>({
    description: "over TLS: a client's certificate must name one of these hosts",
    placeholder: 'HOST,...',
    commands: serve,
    default: undefined,
    parse: (text) =>
      text.split(',').includes('') ? expected('host names separated by commas', text) : ok(text.split(',')),
    alsoFrom: everywhere,
  }),
  clientCrlFile: flag<string | undefined>({
    description: 'over TLS: refuses clients whose certificate is on this list (a DER file)',
    placeholder: 'FILE',
    commands: serve,
    default: undefined,
    parse: parsePath('the path of a revocation list'),
    alsoFrom: everywhere,
  }),
  authToken: flag<AuthTokenText>({
    description:
      'the kind of token that a login returns: simple, or signed (jwt). Options of jwt: sign-method (RS256, ES256, PS256, HS256, EdDSA, ...), priv-key and pub-key (PEM files), ttl (such as 10m)',
    placeholder: 'simple|jwt,OPTION=VALUE,...',
    commands: serve,
    default: { kind: 'simple' },
    defaultText: 'simple',
    parse: parseAuthToken,
    alsoFrom: everywhere,
  }),
  authTokenTtl: flag<number>({
    description: 'how many seconds a simple token stays valid after its last use',
    placeholder: 'SECONDS',
    commands: serve,
    default: 300,
    parse: (text) => parseInteger(text, { min: 0, max: UINT32_MAX }),
    alsoFrom: everywhere,
  }),
  bcryptCost: flag<number>({
    description: 'has no effect, since passwords are not hashed; accepted for command lines written for etcd',
    placeholder: 'N',
    commands: serve,
    default: 10,
    parse: (text) => parseInteger(text, { min: 0, max: UINT32_MAX }),
    alsoFrom: everywhere,
  }),
} as const;
