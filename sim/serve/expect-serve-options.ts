/**
 * Validates the options of `serveEtcd` and `createEtcd`. Invariant: accepted options are all known;
 * certificates, keys and addresses are checked only when they are used.
 */
import * as v from 'valibot';
import { etcdVersions } from '../etcd/version.js';
import { expectOptions } from '../input/expect-options.js';
import { choice, fields, list, oneOfMany, text, whole } from '../input/schema.js';

/** The options of `serveEtcd`, if they are in order. @throws InputError */
export function expectServeOptions<Options extends object>(options: Options): Options {
  return expectOptions(serveSchema, options);
}

/** The options of `createEtcd`, if they are in order. @throws InputError */
export function expectCreateOptions<Options extends object>(options: Options): Options {
  return expectOptions(createSchema, options);
}

const MEMBERS_MAX = 9;
const TTL_MAX = Number.MAX_SAFE_INTEGER;

const version = v.optional(choice(etcdVersions));
const createSchema = fields({ version }, 'option');

const pem = (what: string) => v.custom<string | Uint8Array>(isText, `${what} in PEM`);

const tls = fields(
  {
    certificate: pem('a certificate'),
    key: pem('a private key'),
    trustedCa: v.optional(pem('certificates')),
    clientCertAuth: v.optional(v.boolean('true or false')),
    clientCertAllowedHostnames: v.optional(list(v.string('a host name'), 'a list of host names')),
    clientCrlFile: v.optional(text('the path of a file')),
  },
  'option',
);

const authToken = v.variant(
  'kind',
  [
    fields({ kind: v.literal('simple'), ttlSeconds: v.optional(whole(0, TTL_MAX)) }, 'option'),
    fields(
      {
        kind: v.literal('jwt'),
        signMethod: v.string('a method, such as RS256'),
        publicKey: v.optional(pem('a public key')),
        privateKey: v.optional(v.custom(isText, 'a private key')),
        ttlMs: v.optional(v.number('a number of milliseconds')),
      },
      'option',
    ),
  ],
  oneOfMany('a kind of token', ['simple', 'jwt']),
);

const serveSchema = fields(
  {
    members: v.optional(whole(1, MEMBERS_MAX)),
    listen: v.optional(v.string('HOST:PORT')),
    tls: v.optional(tls),
    quotaBackendBytes: v.optional(v.pipe(v.number('a whole number'), v.safeInteger('a whole number'))),
    authToken: v.optional(authToken),
    version,
    onInternalError: v.optional(v.function('a function')),
  },
  'option',
);

function isText(value: unknown): boolean {
  return typeof value === 'string' || value instanceof Uint8Array;
}
