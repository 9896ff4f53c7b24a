/**
 * JUnit XML, as CI systems read it: a suite for each scenario, with one test for all seeds that hold and one for each kind
 * of failure. Invariant: the text is well-formed XML 1.0, for any names and messages.
 */
import { visibleLines } from '../../input/parsed.js';
import { clip } from '../clip.js';
import { formatNoun } from '../quantities.js';
import { kindsOf, listSeeds } from '../reported-kinds.js';
import type { CreateReporter, ScenarioReport } from '../reporter.js';

const ATTRIBUTE_MAX = 500;
const TEXT_MAX = 20_000;

interface TestCase {
  readonly name: string;
  readonly seconds?: number;
  /** Absent where it holds. */
  readonly wrong?: {
    readonly element: 'failure' | 'error';
    readonly type: string;
    readonly message: string;
    readonly text: string;
  };
}

export const createReporter: CreateReporter = ({ write }) => {
  const suites: { readonly name: string; readonly tests: readonly TestCase[]; readonly seconds: number }[] =
    [];
  return {
    scenario(report) {
      const seconds = (report.sweep?.wallTimeMs ?? report.run?.wallTimeMs ?? 0) / 1000;
      suites.push({ name: report.scenario, tests: testsOf(report, seconds), seconds });
    },
    end() {
      const tests = suites.flatMap((suite) => suite.tests);
      const seconds = suites.reduce((sum, suite) => sum + suite.seconds, 0);
      write(
        [
          '<?xml version="1.0" encoding="UTF-8"?>',
          `<testsuites${attributes({ name: 'sim', ...countsOf(tests), time: seconds.toFixed(3) })}>`,
          ...suites.flatMap(({ name, tests: own, seconds: time }) => [
            `  <testsuite${attributes({ name, ...countsOf(own), time: time.toFixed(3) })}>`,
            ...own.flatMap((test) => caseLines(name, test)),
            '  </testsuite>',
          ]),
          '</testsuites>',
          '',
        ].join('\n'),
      );
    },
  };
};

function testsOf(report: ScenarioReport, seconds: number): TestCase[] {
  const { sweep, run, outcome, differences } = report;
  const ran = sweep?.seedsRun ?? (run === undefined ? 0 : 1);
  const kinds = kindsOf(report);
  const failed = kinds.reduce((sum, kind) => sum + (kind.isKnown ? 0 : kind.seeds.length), 0);
  const tests: TestCase[] = [{ name: `${formatNoun(ran - failed, 'seed')} of ${ran} hold`, seconds }];
  for (const { signature, verdict, seeds, message, replay } of kinds) {
    tests.push({
      name: signature,
      wrong: {
        element: verdict === 'violated' ? 'failure' : 'error',
        type: verdict,
        message,
        text: `${message}\nseeds: ${listSeeds(seeds)}\n${replay}`,
      },
    });
  }
  for (const { seed, how } of sweep?.lost ?? []) {
    const message = `its process ended with ${how}`;
    tests.push({ name: `seed ${seed}`, wrong: { element: 'error', type: 'lost', message, text: message } });
  }
  const isOpen = kinds.length === 0 && (sweep?.lost.length ?? 0) === 0 && outcome !== 'satisfied';
  if (isOpen || differences.length > 0) {
    const text =
      differences.length > 0 ? differences.join('\n') : `${outcome} after ${formatNoun(ran, 'seed')}`;
    tests.push({ name: outcome, wrong: { element: 'error', type: outcome, message: text, text } });
  }
  return tests;
}

function countsOf(tests: readonly TestCase[]) {
  const count = (element: string) => tests.filter(({ wrong }) => wrong?.element === element).length;
  return { tests: tests.length, failures: count('failure'), errors: count('error'), skipped: 0 };
}

function caseLines(suite: string, { name, seconds = 0, wrong }: TestCase): string[] {
  const head = `    <testcase${attributes({ classname: suite, name, time: seconds.toFixed(3) })}`;
  if (wrong === undefined) return [`${head}/>`];
  const { element, type, message, text } = wrong;
  const about = attributes({ message, type });
  return [
    `${head}>`,
    `      <${element}${about}>${xml(clip(text, TEXT_MAX))}</${element}>`,
    '    </testcase>',
  ];
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${xml(clip(String(value), ATTRIBUTE_MAX)).replaceAll('\n', '&#10;')}"`)
    .join('');
}

/** Characters that XML does not have are written as escapes that a reader sees. */
function xml(text: string): string {
  return visibleLines(text)
    .replace(/[\ufffe\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16)}`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
