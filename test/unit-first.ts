/**
 * The order of test files: those of the project `unit` first, so that Go builds the others' programs in the
 * meantime. Both projects share their workers, so that none is idle while the last unit test ends.
 */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

export class UnitFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ project }: TestSpecification): number => (project.name === 'unit' ? 0 : 1);
    return sorted.toSorted((left, right) => rank(left) - rank(right));
  }
}
