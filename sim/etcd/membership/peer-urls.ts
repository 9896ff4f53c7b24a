/**
 * Reads peer URLs as etcd does (client/pkg/types/urls.go), which uses Go's net/url: a scheme, a host with a
 * port, and no path. Invariant: the result is sorted, and formatted as in etcd's answers.
 */

/** The URLs in order; undefined if one is wrong, or there is none. */
export function peerUrlsOf(texts: readonly string[]): readonly string[] | undefined {
  const urls = texts.map((text) => normalized(text.trim()));
  if (urls.length === 0 || urls.includes(undefined)) return undefined;
  return (urls as string[]).sort();
}

/**
 * Control characters, spaces and characters with another meaning in a URL. All characters beyond ASCII are
 * allowed in a host.
 */
const NOT_IN_HOST = /[\0-\x20\x7f{}|\\^`%@/?#]/;

function normalized(text: string): string | undefined {
  if (/[\0-\x1f\x7f]/.test(text)) return undefined;
  const parts = /^([a-z][a-z0-9+.-]*):([^]*)$/i.exec(text);
  const scheme = parts?.[1]?.toLowerCase() ?? '';
  const rest = parts?.[2] ?? '';
  if (scheme === 'unix' || scheme === 'unixs') return `${scheme}:${rest}`;
  if (scheme !== 'http' && scheme !== 'https') return undefined;
  const [, authority = '', path = '', query = ''] = /^\/\/([^/?#]*)([^?#]*)([^]*)$/.exec(rest) ?? [];
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  if (path !== '' || !isHostAndPort(host) || !areEscapesValid(query)) return undefined;
  return `${scheme}://${authority}${query}`;
}

/** Whether it splits into a host and a port. Either may be empty; an IPv6 address is in brackets. */
function isHostAndPort(text: string): boolean {
  const parts = /^(?:\[([^[\]]*)\]|([^:[\]]*)):(\d*)$/.exec(text);
  return parts !== null && !NOT_IN_HOST.test(parts[1] ?? parts[2] ?? '');
}

function areEscapesValid(query: string): boolean {
  const fragment = query.slice(query.indexOf('#'));
  return !query.includes('#') || !/%(?![0-9a-f]{2})/i.test(fragment);
}
