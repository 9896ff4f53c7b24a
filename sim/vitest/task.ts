/**
 * A test as Vitest knows it: its full name, the command that runs it alone, and whether a repro is of another. Invariant:
 * names and commands do not depend on the machine, or on which tests run.
 */
import { isThere, testOfAskedRepro } from '../harness/tests/asked-repro.js';
import { describeTest, isSameTest } from '../harness/tests/same-test.js';
import type { RunnerOptions } from '../harness/tests/simulate.js';
import { vitestCommand } from '../harness/tests/vitest-command.js';

/** A test, or what it is declared in. */
interface Named {
  readonly name: string;
  readonly suite?: Named | undefined;
}

export interface Task extends Named {
  readonly file: File;
}

interface File extends Named {
  readonly filepath: string;
  readonly tasks: readonly Child[];
}

interface Child extends Named {
  readonly type: 'suite' | 'test';
  readonly mode: string;
  readonly tasks?: readonly Child[];
}

/** What Vitest knows of the test. */
export function knownOf(task: Task): Omit<RunnerOptions, 'stack' | 'signal'> {
  const { file } = task;
  const names = namesOf(task, file);
  return {
    title: task.name,
    name: names.join(' > '),
    file: file.name,
    command: vitestCommand(file.name, names),
  };
}

/**
 * Why a test does not run the repro that is asked for: it is of another test of this run. Undefined where it may be this
 * one's, or fits none, which is an error.
 */
export function reasonToSkip(task: Task): string | undefined {
  const asked = testOfAskedRepro();
  if (asked === undefined || isSameTest(asked, knownOf(task))) return undefined;
  const { file } = task;
  const root = file.filepath.slice(0, -file.name.length);
  const isElsewhere = asked.file !== file.name && isThere(asked, root);
  const isHere = testsOf(file.tasks).some((other) => isSameTest(asked, knownOf({ ...other, file })));
  return isElsewhere || isHere ? `SIM_REPRO is of ${describeTest(asked)}` : undefined;
}

/** Those that are not skipped. */
function testsOf(tasks: readonly Child[]): readonly Child[] {
  return tasks.flatMap((task) => {
    if (task.mode === 'skip' || task.mode === 'todo') return [];
    return task.type === 'test' ? [task] : testsOf(task.tasks ?? []);
  });
}

/** From the outside in, without the file's. */
function namesOf(named: Named, file: File): readonly string[] {
  const outer = named.suite === undefined || named.suite === file ? [] : namesOf(named.suite, file);
  return [...outer, named.name];
}
