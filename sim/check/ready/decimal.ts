/**
 * Exact sums of decimals of any size. Invariant: no number is rounded, and a text that is not a plain decimal is
 * refused.
 */

/** More digits after the point are refused. */
const PLACES = 12;
const UNIT = 10n ** BigInt(PLACES);

/** Of a text or a number such as `-12.50`, in units of 10 to the -12; undefined where it is something else. */
export function unitsOf(value: unknown): bigint | undefined {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint') return undefined;
  const [, sign, whole, part = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(String(value)) ?? [];
  if (whole === undefined || part.length > PLACES) return undefined;
  const units = BigInt(whole) * UNIT + BigInt(part.padEnd(PLACES, '0'));
  return sign === '-' ? -units : units;
}

/** As people write it: `-12.5`. */
export function decimalOf(units: bigint): string {
  const size = units < 0n ? -units : units;
  const part = String(size % UNIT)
    .padStart(PLACES, '0')
    .replace(/0+$/, '');
  return `${units < 0n ? '-' : ''}${size / UNIT}${part === '' ? '' : `.${part}`}`;
}
