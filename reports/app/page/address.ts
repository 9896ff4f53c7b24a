/**
 * The address keeps what the page shows, so that a link shows it to others. Pure, apart from reading and writing the
 * address. Invariant: an address that makes no sense shows what a page without one shows.
 */

/** Names and values after the `#`. */
export type AddressParts = Readonly<Record<string, string>>;

export function readAddress(hash: string): AddressParts {
  return Object.fromEntries(new URLSearchParams(hash.replace(/^#/, '')));
}

/** Empty parts are left out. */
export function writeAddress(parts: Readonly<Record<string, string | undefined>>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parts))
    if (value !== undefined && value !== '') search.set(name, value);
  return search.toString();
}

/** A whole number of at least 0; undefined otherwise. */
export function readNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** The names of a list that the page knows. */
export function readNames<T extends string>(text: string | undefined, known: readonly T[]): T[] {
  const given = (text ?? '').split(',');
  return known.filter((name) => given.includes(name));
}

/** Replaces the address without a step in the history. */
export function showAddress(hash: string): void {
  const { pathname, search } = location;
  history.replaceState(null, '', hash === '' ? `${pathname}${search}` : `#${hash}`);
}
