/**
 * The order of test files. Those of the project `real` mostly wait for etcd, so they run beside unit tests, which compute.
 * The first unit tests run alone: with empty caches Go builds the others' programs in the meantime. The longest `real`
 * files come first, so that none is left alone at the end.
 */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** So many unit tests run before the first file of the project `real`. */
const ALONE_AT_FIRST = 80;

/** Of the project `real`, the longest first. */
export const LONGEST = [
  'test/harness/tests/written-faults-real.test.ts',
  'test/package/package-real.test.ts',
  'test/backend/real.test.ts',
  'test/contract/cluster/real.test.ts',
  'test/recipes/moments/moments-real.test.ts',
  'test/program/pipes-real.test.ts',
  'test/real/member-faults-real.test.ts',
  'test/serve/authentication/jwt-real.test.ts',
  'test/serve/metrics/real.test.ts',
];

export class Interleaved extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isReal = ({ project }: TestSpecification): boolean => project.name === 'real';
    const rank = ({ moduleId }: TestSpecification): number => {
      const place = LONGEST.findIndex((file) => moduleId.endsWith(file));
      return place === -1 ? LONGEST.length : place;
    };
    return interleave(
      sorted.filter((file) => !isReal(file)),
      sorted.filter(isReal).toSorted((left, right) => rank(left) - rank(right)),
      ALONE_AT_FIRST,
    );
  }
}

/** Each of both in its order, the second ones spread evenly behind the first `alone` of the first ones. */
export function interleave<T>(first: readonly T[], second: readonly T[], alone: number): T[] {
  const before = Math.min(alone, first.length);
  const each = (first.length - before) / Math.max(1, second.length);
  const places = second.map((item, index) => ({ item, at: before + Math.floor(index * each) }));
  const merged = first.flatMap((item, at) => [
    ...places.filter((place) => place.at === at).map((place) => place.item),
    item,
  ]);
  return [...merged, ...places.filter(({ at }) => at >= first.length).map(({ item }) => item)];
}
