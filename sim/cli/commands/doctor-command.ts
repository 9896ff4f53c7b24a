/**
 * `sim doctor`: one line for each thing a backend needs, with what to do where it is missing. Invariant: it starts,
 * builds and changes nothing.
 */
import type { CliEnvironment } from '../environment.js';
import type { Inspection } from './inspection.js';
import { exitCodes, type ExitCode } from '../exit-codes.js';
import type { Settings } from '../arguments/flags.js';
import type { UseCases } from '../use-cases.js';

/** The oldest Node.js that runs the command; package.json's `engines` says the same. */
export const NODE_VERSION_MIN = '20.19';

/** Prints the state of everything; the exit code says whether all of it is usable. */
export async function doctorCommand(
  settings: Settings,
  environment: CliEnvironment,
  useCases: UseCases,
): Promise<ExitCode> {
  const { endpoints, toxiproxy, etcdVersion } = settings;
  const inspections = [
    inspectNode(process.versions.node),
    ...(await useCases.inspect({ endpoints, toxiproxy, etcdVersion, env: environment.env })),
  ];
  const width = Math.max(...inspections.map(({ name }) => name.length));
  for (const inspection of inspections) {
    const { name, text } = inspection;
    environment.stdout.write(`${stateOf(inspection)}  ${name.padEnd(width)}  ${text}\n`);
  }
  const isWell = inspections.every(({ usable, needed = true }) => usable || !needed);
  return isWell ? exitCodes.satisfied : exitCodes.internal;
}

/** In words of one length. */
function stateOf({ usable, needed = true }: Inspection): string {
  return usable ? 'ok     ' : needed ? 'missing' : 'absent ';
}

/** Judges a version such as `20.20.0`. */
export function inspectNode(version: string): Inspection {
  const usable = isAtLeast(version, NODE_VERSION_MIN);
  return {
    name: 'Node.js',
    usable,
    text: usable ? version : `is ${version}, install ${NODE_VERSION_MIN} or later`,
  };
}

function isAtLeast(version: string, least: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = least.split('.').map(Number);
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}
