/** Reads what etcd's `--auth-token` takes: `simple`, or `jwt` and its options with commas between. */
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
  const ttlMs = ttl === undefined ? ok(undefined) : parseDuration(ttl);
  if (ttlMs.kind === 'malformed') return ttlMs;
  return ok({
    kind,
    signMethod,
    publicKeyFile: options.get('pub-key'),
    privateKeyFile: options.get('priv-key'),
    ttlMs: ttlMs.value,
  });
}

const UNITS_MS: Readonly<Record<string, number>> = {
  ...{ h: 3_600_000, m: 60_000, s: 1000, ms: 1 },
  ...{ us: 1e-3, µs: 1e-3, μs: 1e-3, ns: 1e-6 },
};
const NUMBER_AND_UNIT = /(\d+\.?\d*|\.\d+)(h|ms|m|s|us|µs|μs|ns)/g;

/** Milliseconds of a time as Go writes it, such as `10m` or `1h30m`; one below 0 is over before it has begun. */
function parseDuration(text: string): Parsed<number> {
  const sign = text.startsWith('-') ? -1 : 1;
  const size = text.replace(/^[+-]/, '');
  if (size === '0') return ok(0);
  const parts = [...size.matchAll(NUMBER_AND_UNIT)];
  if (size === '' || parts.map(([part]) => part).join('') !== size) {
    return expected('a ttl such as 10m or 1h30m', text);
  }
  const sizeMs = parts.reduce(
    (sum, [, number, unit = '']) => sum + Number(number) * (UNITS_MS[unit] ?? 0),
    0,
  );
  return ok(sign * sizeMs);
}
