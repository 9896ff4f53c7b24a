/**
 * Which test a repro is of. Invariant: a repro that names its test runs in no other, even if both have the same title; one
 * that is older names none, and belongs to every test with its title.
 */
import { InputError, quote } from '../../input/parsed.js';
import type { TestSource } from '../../run/run-result.js';
import type { Scenario } from '../../scenario/scenario.js';
import type { CorpusEntry } from '../corpus/corpus.js';
import { CorpusStore } from '../corpus/corpus-store.js';

/** What a runner knows of a test, as {@link TestSource} has it. */
export interface RunnersTest {
  readonly name?: string | undefined;
  readonly file?: string | undefined;
}

/** The known parts of a test. */
export interface NamedTest extends RunnersTest {
  readonly title: string;
}

/** Of what is not known of either, nothing is expected. */
export function isSameTest(one: NamedTest, other: NamedTest): boolean {
  const { name = one.title } = one;
  if (name !== (other.name ?? other.title)) return false;
  return one.file === undefined || other.file === undefined || one.file === other.file;
}

/** @param found of a repro; undefined where it names none. @throws InputError unless it is this test */
export function expectSameTest(test: TestSource, found: TestSource | undefined): void {
  if (found === undefined || isSameTest(test, found)) return;
  const { command } = found;
  const hint = command === undefined ? '' : `: SIM_REPRO=FILE ${command} runs it`;
  throw new InputError(`expected a repro of ${describeTest(test)}, got one of ${describeTest(found)}${hint}`);
}

/** Such as `the test "locks > one at a time" in locks.test.ts`. */
export function describeTest({ title, name = title, file }: NamedTest): string {
  return `the test ${quote(name)}${file === undefined ? '' : ` in ${file}`}`;
}

/** The failures of one test in a corpus. */
export class TestCorpus extends CorpusStore {
  readonly #test: TestSource;

  constructor(directory: string, test: TestSource, tell: (line: string) => void) {
    super(directory, tell);
    this.#test = test;
  }

  override async read(scenario: Scenario): Promise<CorpusEntry[]> {
    const entries = await super.read(scenario);
    return entries.filter(({ repro: { test } }) => test === undefined || isSameTest(test, this.#test));
  }
}
