/** Reads what etcd's `--auth-token` takes: `simple`, or `jwt` and its options with commas between. */
import { durationMsOf } from '../../input/duration.js';
import { expected, malformed, ok, oneOf, quote, suggestion, type Parsed } from '../../input/parsed.js';

/** Files are named, and read later. */
export type AuthTokenText =
  | { readonly kind: 'simple' }
  | {
      readonly kind: 'jwt';
      readonly signMethod: string;
      readonly publicKeyFile: string | undefined;
      readonly privateKeyFile: string | undefined;
      readonly ttlMs: number | undefined;
    };

const OPTIONS = ['sign-method', 'pub-key', 'priv-key', 'ttl'] as const;
type Option = (typeof OPTIONS)[number];

export function parseAuthToken(text: string): Parsed<AuthTokenText> {
  const [kind = '', ...parts] = text.split(',');
  if (kind === 'simple' && parts.length === 0) return ok({ kind: 'simple' });
  if (kind !== 'jwt') return expected('simple or jwt,sign-method=NAME,...', text, ['simple', 'jwt']);
  const options = new Map<Option, string>();
  for (const part of parts) {
    const [name, value, ...more] = part.split('=');
    if (value === undefined || more.length > 0) return expected('OPTION=VALUE', part);
    const option = OPTIONS.find((one) => one === name);
    if (option === undefined) {
      return malformed(`expected ${oneOf(OPTIONS)}, got ${quote(part)}${suggestion(name ?? '', OPTIONS)}`);
    }
    if (options.has(option)) return malformed(`option ${quote(option)} is given twice`);
    // An empty one is as good as none.
    if (value !== '') options.set(option, value);
  }
  const signMethod = options.get('sign-method');
  if (signMethod === undefined) return expected('a sign-method such as RS256', text);
  const ttl = options.get('ttl');
  const ttlMs = ttl === undefined ? ok(undefined) : parseTtl(ttl);
  if (ttlMs.kind === 'malformed') return ttlMs;
  return ok({
    kind,
    signMethod,
    publicKeyFile: options.get('pub-key'),
    privateKeyFile: options.get('priv-key'),
    ttlMs: ttlMs.value,
  });
}

/** One below 0 is over before it has begun. */
function parseTtl(text: string): Parsed<number> {
  const ttlMs = durationMsOf(text);
  return ttlMs === undefined ? expected('a ttl such as 10m or 1h30m', text) : ok(ttlMs);
}
