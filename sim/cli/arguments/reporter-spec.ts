/** Reads what `--reporter` takes: names of reporters or paths of modules, each with the file that it writes. */
import { closestName } from '../../input/closest-name.js';
import { malformed, ok, oneOf, quote, type Parsed } from '../../input/parsed.js';

export const reporterNames = ['terminal', 'dot', 'json', 'junit', 'github', 'html', 'blob'] as const;
export type ReporterName = (typeof reporterNames)[number];

export interface ReporterSpec {
  /** One of the names, or the path of a module. */
  readonly name: ReporterName | { readonly module: string };
  /** What it writes; undefined for stdout, or the usual place. */
  readonly file: string | undefined;
}

/** Those that write to stdout where they have no file. */
const ON_STDOUT: ReadonlySet<unknown> = new Set(['terminal', 'dot', 'json', 'junit']);

/** Whether the reporter may read where checks are written: a module of the user's may. */
export function readsSources(name: ReporterSpec['name']): boolean {
  return typeof name !== 'string' || name === 'github' || name === 'blob';
}

/** Reads `dot,junit:results.xml,./my-reporter.mjs`. */
export function parseReporters(text: string): Parsed<readonly ReporterSpec[]> {
  const specs: ReporterSpec[] = [];
  for (const part of text.split(',')) {
    const [, name = '', file] = /^(.+?)(?::(.+))?$/s.exec(part) ?? [];
    const known = reporterNames.find((one) => one === name);
    if (known === undefined && !/[/\\]/.test(name)) {
      const closest = closestName(name, reporterNames);
      const hint = closest === undefined ? '' : `; did you mean ${closest}?`;
      const what = `${oneOf([...reporterNames, 'the path of a module such as ./reporter.mjs'])}`;
      return malformed(`expected ${what}, got ${quote(part)}${hint}`);
    }
    if (known === 'html' && file === undefined) {
      return malformed('expected html:FILE, got "html"; the report in --out has its page in any case');
    }
    specs.push({ name: known ?? { module: name }, file });
  }
  return expectOneOnStdout(specs);
}

/** Several values are one list. */
export function joinReporters(
  first: readonly ReporterSpec[],
  second: readonly ReporterSpec[],
): Parsed<readonly ReporterSpec[]> {
  return expectOneOnStdout([...first, ...second]);
}

function expectOneOnStdout(specs: readonly ReporterSpec[]): Parsed<readonly ReporterSpec[]> {
  const onStdout = specs.filter(({ name, file }) => file === undefined && ON_STDOUT.has(name));
  if (onStdout.length < 2) return ok(specs);
  const names = onStdout.map(({ name }) => (typeof name === 'string' ? name : name.module));
  return malformed(
    `expected one reporter on stdout, got ${names.join(' and ')}; give one a file: ${names[1]}:FILE`,
  );
}
