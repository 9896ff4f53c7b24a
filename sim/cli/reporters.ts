/**
 * The reporters of a command. Invariant: each hears the same; one that fails or cannot write does not keep the others from
 * their work, and ends the command with its name.
 */
import { appendFile } from 'node:fs/promises';
import path from 'node:path';
import { EnvironmentError } from '../backend/environment-error.js';
import type { SeedRecord } from '../explore/seed-record.js';
import type { SeedRange } from '../explore/sweep.js';
import type { SweepHeader } from '../harness/sweep/header.js';
import { describeThrown } from '../input/describe-thrown.js';
import { describeValue } from '../input/describe-value.js';
import { InputError, quote, singleLine } from '../input/parsed.js';
import type { CreateReporter, Reporter, ReporterHost, ScenarioReport } from '../report/reporter.js';
import type { RunResult } from '../run/run-result.js';
import { loadModule } from './arguments/load-module.js';
import type { ReporterSpec } from './arguments/reporter-spec.js';
import type { CliEnvironment } from './environment.js';
import type { UseCases } from './use-cases.js';

export interface ReportersRequest {
  readonly specs: readonly ReporterSpec[];
  readonly color: boolean;
  readonly width: number;
  readonly environment: CliEnvironment;
  readonly useCases: UseCases;
  /** Of a sweep, which alone can make a blob. */
  readonly header?: SweepHeader | undefined;
}

/** @throws InputError where two reporters would write one file */
function expectOwnFiles({ specs, environment }: ReportersRequest): void {
  const writers = new Map<string, string>();
  for (const { name, file } of specs) {
    if (file === undefined) continue;
    const place = path.resolve(environment.cwd, file);
    const named = typeof name === 'string' ? name : name.module;
    const other = writers.get(place);
    if (other !== undefined) {
      throw new InputError(`the reporters ${other} and ${named} both write ${quote(file, 200)}`);
    }
    writers.set(place, named);
  }
}

interface Named {
  readonly name: string;
  readonly reporter: Reporter;
}

export class Reporters {
  readonly #all: readonly Named[];
  #error: EnvironmentError | undefined;

  private constructor(all: readonly Named[]) {
    this.#all = all;
  }

  /** @throws InputError where a module is no reporter */
  static async open(request: ReportersRequest): Promise<Reporters> {
    const all: Named[] = [];
    expectOwnFiles(request);
    for (const spec of request.specs) all.push(await openReporter(spec, request));
    return new Reporters(all);
  }

  begin(scenario: string, seeds: SeedRange): Promise<void> {
    return this.#each((reporter) => reporter.begin?.(scenario, seeds));
  }

  seed(record: SeedRecord): Promise<void> {
    return this.#each((reporter) => reporter.seed?.(record));
  }

  scenario(report: ScenarioReport): Promise<void> {
    return this.#each((reporter) => reporter.scenario?.(report));
  }

  /** @throws EnvironmentError where one has failed */
  async end(): Promise<void> {
    await this.#each((reporter) => reporter.end?.());
    if (this.#error !== undefined) throw this.#error;
  }

  async #each(action: (reporter: Reporter) => void | Promise<void>): Promise<void> {
    for (const { name, reporter } of this.#all) {
      try {
        await action(reporter);
      } catch (error) {
        const message = `the reporter ${name} failed: ${singleLine(describeThrown(error))}`;
        this.#error ??= new EnvironmentError(message, { cause: error });
      }
    }
  }
}

/** The reporters of a command. @param header of a sweep. @param page the file of its page, which is written in any case */
export function openReporters(
  { presentation, environment, useCases }: ReportingCommand,
  header?: SweepHeader,
  page?: string,
): Promise<Reporters> {
  const { reporters, color, width } = presentation;
  const specs: readonly ReporterSpec[] =
    page === undefined ? reporters : [...reporters, { name: 'html', file: page }];
  return Reporters.open({ specs, color, width, environment, useCases, header });
}

interface ReportingCommand extends Pick<ReportersRequest, 'environment' | 'useCases'> {
  readonly presentation: Pick<ReportersRequest, 'color' | 'width'> & {
    readonly reporters: readonly ReporterSpec[];
  };
}

async function openReporter({ name, file }: ReporterSpec, request: ReportersRequest): Promise<Named> {
  const { environment, useCases, header, ...style } = request;
  const { stdout, stderr, cwd, env } = environment;
  const target = file === undefined ? undefined : path.resolve(cwd, file);
  let text = '';
  const host: ReporterHost = {
    color: style.color && target === undefined,
    width: style.width,
    hasFile: target !== undefined,
    ...{ env, cwd },
    write: (part) => {
      if (target === undefined) stdout.write(part);
      else text += part;
    },
    append: (to, part) => appendFile(path.resolve(cwd, to), part),
    tell: (line) => void stderr.write(`${line}\n`),
  };
  const named = typeof name === 'string' ? name : name.module;
  const reporter = await createReporter(name, host, { target, useCases, header, environment });
  // A file is written whole, or not at all.
  const writesItself = name === 'blob' || name === 'html';
  if (target === undefined || writesItself) return { name: named, reporter };
  const end = async () => {
    await reporter.end?.();
    await useCases.writeText(target, text);
  };
  return { name: named, reporter: { ...bound(reporter), end } };
}

/** Its methods, which may be those of a class. */
function bound(reporter: Reporter): Reporter {
  return {
    begin: (scenario, seeds) => reporter.begin?.(scenario, seeds),
    seed: (record) => reporter.seed?.(record),
    scenario: (report) => reporter.scenario?.(report),
  };
}

interface Making extends Pick<ReportersRequest, 'useCases' | 'header' | 'environment'> {
  /** The file, as an absolute path. */
  readonly target: string | undefined;
}

async function createReporter(
  name: ReporterSpec['name'],
  host: ReporterHost,
  { target, useCases, header, environment }: Making,
): Promise<Reporter> {
  if (typeof name !== 'string') return makeReporter(name.module, host, environment);
  switch (name) {
    case 'terminal':
      return terminalReporter(host, useCases);
    case 'dot': {
      const { dotReporter } = await import('../report/reporters/dot.js');
      return dotReporter(host, terminalReporter(host, useCases));
    }
    case 'json':
      return {
        async scenario({ known, run, sweep }) {
          for (const result of [known, run, sweep]) {
            if (result !== undefined) host.write(`${await useCases.formatJson(result)}\n`);
          }
        },
      };
    case 'junit':
      return (await import('../report/reporters/junit.js')).createReporter(host);
    case 'github':
      return (await import('../report/reporters/github.js')).createReporter(host);
    case 'html':
      if (target === undefined) throw new Error('a page has a file');
      return pageReporter(target, useCases);
    case 'blob': {
      if (header === undefined) throw new InputError('--reporter blob: expected a sweep, got one run');
      if (target === undefined) throw new Error('a blob has a file');
      const { BlobReporter } = await import('../harness/sweep/blob-file.js');
      return new BlobReporter(target, header);
    }
    default:
      return name satisfies never;
  }
}

/** Text for people. */
function terminalReporter(host: ReporterHost, useCases: UseCases): Reporter {
  return {
    async scenario({ known, run, sweep }) {
      if (known !== undefined) host.write(await useCases.formatRun(known, host));
      if (run !== undefined) host.write(await useCases.formatRun(run, host));
      if (sweep !== undefined) host.write(await useCases.formatSweep(sweep, host));
    },
  };
}

/** The page of a run, or of all sweeps together. */
async function pageReporter(file: string, useCases: UseCases): Promise<Reporter> {
  const { SweepCollector } = await import('../report/page/collect-sweep.js');
  const collector = new SweepCollector();
  let run: RunResult | undefined;
  return {
    begin: () => collector.begin(),
    seed: (record) => collector.seed(record),
    scenario(report) {
      collector.scenario(report);
      run ??= report.run ?? report.known;
    },
    async end() {
      const { scenarios } = collector;
      if (scenarios.length > 0) await useCases.writePage({ swept: scenarios }, file);
      else if (run !== undefined) await useCases.writePage({ run }, file);
    },
  };
}

/** @throws InputError where the module's function gives none */
async function makeReporter(
  file: string,
  host: ReporterHost,
  environment: CliEnvironment,
): Promise<Reporter> {
  const create = await loadReporter(file, environment);
  let made: unknown;
  try {
    made = await create(host);
  } catch (error) {
    throw new InputError(
      `reporter ${quote(file)} failed: ${singleLine(describeThrown(error)).slice(0, 300)}`,
    );
  }
  if (typeof made === 'object' && made !== null) return made;
  throw new InputError(
    `reporter ${quote(file)}: expected an object with methods, got ${describeValue(made)}`,
  );
}

/** @throws InputError where the module has no reporter */
async function loadReporter(file: string, environment: CliEnvironment): Promise<CreateReporter> {
  const { cwd, ownModules = {} } = environment;
  let exported: unknown;
  try {
    exported = (await loadModule(path.resolve(cwd, file), ownModules)).default;
  } catch (error) {
    throw new InputError(
      `reporter ${quote(file)} cannot be loaded: ${singleLine(describeThrown(error)).slice(0, 300)}`,
    );
  }
  if (typeof exported === 'function') return exported as CreateReporter;
  throw new InputError(
    `reporter ${quote(file)}: expected a function as its default export, got ${describeValue(exported)}`,
  );
}
