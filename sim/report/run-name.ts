/**
 * The name of a run's folder, made from its replay command. Invariant: the same command gives the same name
 * on every machine, and the name is one plain path segment.
 */
import { createHash } from 'node:crypto';
import type { RunResult } from '../run/run-result.js';

const LENGTH_MAX = 96;

/**
 * `bank-seed-42`, followed by the rest of the replay command: `bank-seed-42-set-variant-txn-faults-none`. A
 * name that would be too long is cut and ends in a digest of the command.
 */
export function runName(result: RunResult): string {
  const { plan, replay } = result;
  // A command other than sim, such as a test's, adds nothing to its scenario and its seed.
  const rest = !/^sim\b/.test(replay)
    ? ''
    : replay
        .replace(/^sim\b/, '')
        // The location of a repro's file does not describe the run.
        .replace(/^ replay .*?([^/]+)$/, ' $1')
        .replace(/(^|\s)--seed\s+\S+/, '')
        .replace(/(^|\s)--scenario\s+\S+/, '');
  return shortened(slug(`${subjectOf(result)} seed ${plan.seed} ${rest}`), replay);
}

const SUBJECT_MAX = 60;

/**
 * The scenario, or the test: `locks-one-at-a-time-5d2f0c`. The digest is of the file and the full name, since two tests
 * may have the same words; a name without a file that loses nothing has none.
 */
export function subjectOf({ plan, test }: Pick<RunResult, 'plan' | 'test'>): string {
  if (test === undefined) return plan.scenario;
  const { title, name = title, file } = test;
  const words = slug(slug(name).toLowerCase().slice(0, SUBJECT_MAX));
  if (file === undefined && words.replaceAll('-', ' ') === name) return words;
  const digest = createHash('sha256')
    .update(JSON.stringify([file ?? '', name]), 'utf8')
    .digest('hex');
  return `${words === '' ? 'test' : words}-${digest.slice(0, 6)}`;
}

/** A sweep's folder has the name of its seeds: `bank-seeds-0-999-faults-none`. @param rest what else describes it */
export function sweepName(
  scenario: string,
  { first, last }: { readonly first: number; readonly last: number },
  rest: readonly string[],
): string {
  return shortened(slug(`${scenario} seeds ${first} ${last} ${rest.join(' ')}`), rest.join(' '));
}

/** One that is too long ends in a digest of what it was made from. */
function shortened(name: string, source: string): string {
  if (name.length <= LENGTH_MAX) return name;
  const digest = createHash('sha256').update(source, 'utf8').digest('hex').slice(0, 8);
  return `${slug(name.slice(0, LENGTH_MAX - 9))}-${digest}`;
}

/** A word has letters, digits and dots; everything else separates words. */
function slug(text: string): string {
  return text
    .replace(/[^A-Za-z0-9.]+/g, '-')
    .replace(/\.{2,}/g, '.')
    .replace(/^[-.]+|[-.]+$/g, '');
}
