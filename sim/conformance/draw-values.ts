/**
 * The values in requests, legal and illegal: few of each kind, so that commands of one sequence interact.
 * Invariant: each shrinks towards its first, plainest value.
 */
import fc from 'fast-check';
import type { BytesSymbol, LeaseSymbol, LimitSymbol, RevisionSymbol } from './symbolic-values.js';

/** A field that most requests leave out. */
export function seldom<T>(value: fc.Arbitrary<T>, oneIn = 6): fc.Arbitrary<T | undefined> {
  return fc.oneof(
    { withCrossShrink: true, maxDepth: 9 },
    { weight: oneIn - 1, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: value },
  );
}

/** Mostly the first, sometimes one of the others. */
function mostly<T>(usual: fc.Arbitrary<T>, weight: number, odd: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ withCrossShrink: true }, { weight, arbitrary: usual }, { weight: 1, arbitrary: odd });
}

export const key = mostly(
  fc.constantFrom('a', 'b', 'c', 'ab', 'd'),
  6,
  fc.constantFrom('', '\0', 'a\0', '\xff', '\xff\xff', 'zz', 'long'.repeat(40)),
);

/** The end of a range. Absent is one key, `\0` is from the key on; the end may lie before the beginning. */
export const rangeEnd: fc.Arbitrary<string | undefined> = fc.oneof(
  { withCrossShrink: true },
  { weight: 4, arbitrary: fc.constant(undefined) },
  { weight: 4, arbitrary: fc.constantFrom('b', 'c', 'd', 'e', 'ac') },
  { weight: 2, arbitrary: fc.constant('\0') },
  { weight: 1, arbitrary: fc.constantFrom('', 'a', 'a\0', '\xff', '\0\0') },
);

/** Around the limit of 1.5 MiB, on either side of it: exact to the byte, or clearly above or below. */
const longValue: fc.Arbitrary<BytesSymbol | LimitSymbol> = fc.oneof(
  { withCrossShrink: true },
  fc.integer({ min: -2, max: 12 }).map((belowLimit) => ({ belowLimit })),
  fc.constantFrom({ bytes: 1_570_000 }, { bytes: 1_573_000 }),
);

export const value = mostly(
  fc.constantFrom('', '1', '2', '10', 'x'),
  40,
  mostly<string | BytesSymbol | LimitSymbol>(
    fc.constantFrom('\0', '\xff\xfe', { bytes: 2_000 }),
    20,
    longValue,
  ),
);

export const revision: fc.Arbitrary<number | RevisionSymbol> = fc.oneof(
  { withCrossShrink: true },
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 12 }).map((revisionPlus) => ({ revisionPlus })) },
  { weight: 2, arbitrary: fc.integer({ min: -2, max: 40 }).map((revisionPlus) => ({ revisionPlus })) },
  { weight: 1, arbitrary: fc.constantFrom(0, 1, -1, 2 ** 40, 2 ** 62, -(2 ** 63)) },
);

export const count = mostly<number>(fc.integer({ min: 0, max: 4 }), 12, fc.constantFrom(-1, 1000, 2 ** 62));

export const lease: fc.Arbitrary<bigint | LeaseSymbol> = fc.oneof(
  { withCrossShrink: true },
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 3 }).map((leaseGranted) => ({ leaseGranted })) },
  { weight: 2, arbitrary: fc.constantFrom(0n, 1n, 7n) },
  { weight: 1, arbitrary: fc.constantFrom(-1n, 2n ** 63n - 1n, 404n) },
);

/**
 * Far apart, so that leases expire in the order of these and not of speed. Those too short to last a sequence
 * serve only to test the grant's answer.
 */
export const ttlSeconds = mostly<number>(
  fc.constantFrom(100, 200, 1_000, 10_000),
  6,
  fc.constantFrom(1, 0, -1, 9_000_000_000, 9_000_000_001, 2 ** 62),
);

/** An enumeration with this many members, plus invalid numbers. */
export function enumeration(members: number): fc.Arbitrary<number> {
  return mostly<number>(fc.integer({ min: 0, max: members - 1 }), 20, fc.constantFrom(members, -1, 77));
}

export const flag = fc.constant(true);
