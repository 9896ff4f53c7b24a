/** The end of a command that knows a failure and was interrupted while more was to be found out about it. */
import type { CliEnvironment } from './environment.js';
import { exitCodes, type ExitCode } from './exit-codes.js';

export function interruptedLate({ stderr }: CliEnvironment): ExitCode {
  stderr.write('sim: interrupted before all was found out about the failure\n');
  return exitCodes.interrupted;
}
