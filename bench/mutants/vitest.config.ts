/**
 * Vitest as Stryker runs it: the tests of one folder, in the order of its list, one file after the other. It provides
 * no real programs, and a property that fails is not made smaller: that it fails is all there is to know.
 */
import path from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { folderOf } from './folders.js';

const folder = folderOf(process.env['MUTATED_FOLDER'] ?? '');
if (folder === undefined) throw new Error('expected a folder in MUTATED_FOLDER; npm run mutants sets it');
const { tests, slowTests = [] } = folder;

/** Where a test file stands in the list; what a glob stands for comes first, properties last. */
function rankOf({ moduleId }: TestSpecification): number {
  const file = path.relative(process.cwd(), moduleId);
  return file.includes('.property.') ? Infinity : tests.indexOf(file);
}

class Listed extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const byName = files.toSorted((a, b) => (a.moduleId < b.moduleId ? -1 : 1));
    return byName.toSorted((a, b) => Math.sign(rankOf(a) - rankOf(b)) || 0);
  }
}

export default defineConfig({
  test: {
    include: [...tests],
    exclude: [...slowTests],
    setupFiles: [path.join(import.meta.dirname, 'setup.ts')],
    sequence: { sequencer: Listed },
    fileParallelism: false,
    // Each change has a worker of its own; the files that judge it load the same modules.
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
