/**
 * The command: from arguments to an exit code. Invariant: it never throws, and a mistake of the user's or of the
 * environment's is one line on stderr that begins with `sim: `.
 */
import path from 'node:path';
import { EnvironmentError } from '../backend/environment-error.js';
import { describeThrown, stackOf } from '../input/describe-thrown.js';
import { EscapeError } from '../engine/escape-error.js';
import { singleLine, InputError } from '../input/parsed.js';
import type { CliEnvironment } from './environment.js';
import { exitCodes, type ExitCode } from './exit-codes.js';
import type { CommandName } from './arguments/flag.js';
import { useCases as ownUseCases, type UseCases } from './use-cases.js';
import type { Settings } from './arguments/flags.js';
import { argumentsOf, parseArguments, type Arguments } from './arguments/parse-arguments.js';
import type { Presentation } from './present.js';
import type { ReporterSpec } from './arguments/reporter-spec.js';
import type { Session } from './arguments/session.js';
import { wantsColor } from '../report/paint.js';
import { ScenarioError } from '../scenario/scenario-error.js';

/**
 * Runs the command.
 *
 * @param argv the arguments after `sim`
 * @returns the exit code
 */
export async function main(
  argv: readonly string[],
  environment: CliEnvironment,
  useCases: UseCases = ownUseCases,
): Promise<ExitCode> {
  try {
    return await dispatch(argv, environment, useCases);
  } catch (error) {
    if (error instanceof InputError) return fail(environment, exitCodes.usage, error.message);
    if (error instanceof ScenarioError) {
      const stack = framesOf(error.cause);
      environment.stderr.write(`sim: ${singleLine(error.message)}${stack}\n`);
      return exitCodes.usage;
    }
    if (error instanceof EscapeError) {
      environment.stderr.write(`sim: ${singleLine(error.message)}\n`);
      if (error.replay !== undefined) environment.stderr.write(`${error.replay}\n`);
      return exitCodes.internal;
    }
    if (environment.signal.aborted) return fail(environment, exitCodes.interrupted, 'interrupted');
    if (error instanceof EnvironmentError) return fail(environment, exitCodes.internal, error.message);
    const line = singleLine(describeThrown(error));
    environment.stderr.write(`sim: internal error: ${line}${framesOf(error)}\n`);
    return exitCodes.internal;
  }
}

/** The stack of what was thrown, below the line that says what it was. */
function framesOf(thrown: unknown): string {
  const stack = stackOf(thrown);
  return stack === '' ? '' : `\n${stack}`;
}

function fail(environment: CliEnvironment, code: ExitCode, message: string): ExitCode {
  environment.stderr.write(`sim: ${singleLine(message)}\n`);
  return code;
}

/** What each command needs is loaded with it: starting up is half of a short run. */
async function dispatch(
  argv: readonly string[],
  environment: CliEnvironment,
  useCases: UseCases,
): Promise<ExitCode> {
  const builtIn = [...environment.scenarios, ...environment.specimens].map((scenario) => scenario.name);
  const parsed = parseArguments(argv, builtIn);
  if (parsed.given.has('help')) return help(parsed.command, environment);
  if (parsed.given.has('version')) return print(environment, `${environment.version}\n`);
  if (parsed.command === 'help') return help(parsed.topic ?? 'help', environment);
  if (parsed.command === 'init') {
    const { initCommand } = await import('./commands/init-command.js');
    return initCommand(parsed.file, environment);
  }
  const { startSession } = await import('./arguments/session.js');
  const session = await startSession(parsed, environment);
  switch (parsed.command) {
    case 'run':
      return run(session, environment, useCases);
    case 'replay':
    case 'shrink':
    case 'debug':
      return reproCommand(parsed, session, environment, useCases);
    case 'merge': {
      const { mergeCommand } = await import('./commands/merge-command.js');
      const presentation = presentationOf(session.resolved.settings, environment);
      return mergeCommand({ files: parsed.files, presentation, environment, useCases });
    }
    case 'trend': {
      const { trendCommand } = await import('./commands/trend-command.js');
      const presentation = presentationOf(session.resolved.settings, environment);
      return trendCommand({ files: parsed.files, presentation, environment, useCases });
    }
    case 'list': {
      const { formatList } = await import('./commands/list-command.js');
      return print(environment, formatList(session.registry, widthOf(environment)));
    }
    case 'canary': {
      const { canaryCommand } = await import('./commands/canary-command.js');
      return canaryCommand(session.resolved, session.registry, environment, useCases);
    }
    case 'serve': {
      const { serveCommand } = await import('./commands/serve-command.js');
      return serveCommand(session.resolved.settings, environment, useCases);
    }
    case 'conformance': {
      const { conformanceCommand } = await import('./commands/conformance-command.js');
      return conformanceCommand(session.resolved.settings, environment, useCases);
    }
    case 'doctor': {
      const { doctorCommand } = await import('./commands/doctor-command.js');
      return doctorCommand(session.resolved.settings, environment, useCases);
    }
    default:
      return parsed.command satisfies never;
  }
}

async function help(topic: CommandName, environment: CliEnvironment): Promise<ExitCode> {
  const { formatHelp } = await import('./arguments/help.js');
  return print(environment, formatHelp(topic, widthOf(environment)));
}

/** `sim replay`, `sim shrink` and `sim debug`. */
async function reproCommand(
  { command, file }: Arguments,
  { resolved, registry }: Session,
  environment: CliEnvironment,
  useCases: UseCases,
): Promise<ExitCode> {
  const { readReproText, reproIn, testIn } = await import('./arguments/read-repro.js');
  const text = await readReproText(file, environment);
  const { settings } = resolved;
  const test = command === 'debug' ? testIn(text, registry) : undefined;
  if (test !== undefined) {
    const { debugTestCommand } = await import('./commands/debug-command.js');
    const presentation = presentationOf(settings, environment);
    const places = { at: settings.at, breakAt: settings.break };
    return debugTestCommand({ file: file ?? '', test, presentation, environment, ...places });
  }
  const request = {
    file: file ?? '',
    repro: reproIn(text, file ?? '', registry),
    explains: settings.explain,
    presentation: presentationOf(settings, environment),
    environment,
    useCases,
  };
  if (command === 'debug') {
    const { debugCommand } = await import('./commands/debug-command.js');
    return debugCommand({ ...request, at: settings.at, breakAt: settings.break });
  }
  const { workers } = settings;
  if (environment.role === 'seeds') {
    return (await import('./commands/prepare-repro.js')).reproPlansCommand(request);
  }
  if (command === 'replay') {
    return (await import('./commands/replay-command.js')).replayCommand({ ...request, workers });
  }
  const { shrinkCommand } = await import('./commands/shrink-command.js');
  return shrinkCommand({ ...request, workers }, settings.maxRuns);
}

async function run(session: Session, environment: CliEnvironment, useCases: UseCases): Promise<ExitCode> {
  const { chooseBail, choosesDeterminism, chooseRuns } = await import('./arguments/run-parameters.js');
  const { runCommand, secondRunsCommand, seedsCommand } = await import('./commands/run-command.js');
  const { settings } = session.resolved;
  const roles = { 'second runs': secondRunsCommand, seeds: seedsCommand } as const;
  const start = environment.role === undefined ? runCommand : roles[environment.role];
  // What it starts runs the same seeds, also where this continues a sweep.
  const program = environment.program && { ...environment.program, arguments: argumentsOf(session.given) };
  const runs = chooseRuns(session.resolved, session.registry);
  const isSweep = runs.seeds.first !== runs.seeds.last || runs.shard !== undefined;
  const { originOf } = await import('./origin.js');
  return start({
    runs,
    origin:
      isSweep && environment.role === undefined ? await originOf(settings.commit, environment) : undefined,
    bail: chooseBail(session.resolved),
    timeLimitMs: settings.timeLimit,
    workers: settings.workers,
    checkDeterminism: choosesDeterminism(session.resolved),
    shrinkRunsMax: settings.shrink ? settings.maxRuns : 0,
    explains: settings.explain,
    pinned: session.pinned,
    given: session.given,
    resumed: session.resumed,
    presentation: presentationOf(settings, environment),
    corpusDirectory: settings.corpus ?? (settings.report ? path.join(settings.out, 'corpus') : undefined),
    environment: { ...environment, ...(program === undefined ? {} : { program }) },
    useCases,
  });
}

function presentationOf(settings: Settings, environment: CliEnvironment): Presentation {
  return {
    reporters: chooseReporters(settings),
    color: settings.color ?? wantsColor(environment.stdout, environment.env),
    width: widthOf(environment),
    reportDirectory: settings.report ? settings.out : undefined,
  };
}

/** A part of a sweep always makes its blob. @throws InputError where that has no place */
function chooseReporters({ reporter, shard, report, out }: Settings): readonly ReporterSpec[] {
  const needsBlob = shard !== undefined && !reporter.some(({ name }) => name === 'blob');
  const all: readonly ReporterSpec[] = needsBlob
    ? [...reporter, { name: 'blob', file: undefined }]
    : reporter;
  return all.map((spec) => {
    if (spec.name !== 'blob' || spec.file !== undefined) return spec;
    if (!report)
      throw new InputError('--no-report leaves no place for the blob: name one, --reporter blob:FILE');
    const { index, of } = shard ?? { index: 1, of: 1 };
    return { ...spec, file: path.join(out, 'blobs', `part-${index}-of-${of}.blob`) };
  });
}

/** Wider lines are hard to read, narrower ones hard to lay out. */
const WIDTH_MAX = 100;
const WIDTH_MIN = 40;

function widthOf({ stdout }: CliEnvironment): number {
  return Math.max(WIDTH_MIN, Math.min(stdout.columns, WIDTH_MAX));
}

function print(environment: CliEnvironment, text: string): ExitCode {
  environment.stdout.write(text);
  return exitCodes.satisfied;
}
