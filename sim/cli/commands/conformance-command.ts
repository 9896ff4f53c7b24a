/**
 * `sim conformance`: compares the in-memory etcd with a real one. Invariant: a difference is a violation, and its
 * last line is the command that shows it again.
 */
import { commandNameOf } from '../command-name.js';
import { formatDifference } from '../../conformance/format-difference.js';
import type { CliEnvironment } from '../environment.js';
import { exitCodes, type ExitCode } from '../exit-codes.js';
import type { Settings } from '../arguments/flags.js';
import type { UseCases } from '../use-cases.js';

export async function conformanceCommand(
  settings: Settings,
  environment: CliEnvironment,
  useCases: UseCases,
): Promise<ExitCode> {
  const { stdout, stderr, signal, env } = environment;
  const { seed, commands, etcdVersion } = settings;
  const startedMs = environment.nowMs();
  const { result, real } = await useCases.compareWithReal({
    seed,
    commands,
    etcdVersion,
    signal,
    env,
    progress: (line) => void stderr.write(`${line}\n`),
  });
  const seconds = (environment.nowMs() - startedMs) / 1000;
  switch (result.kind) {
    case 'same':
      stdout.write(
        `no difference between the in-memory etcd and ${real} in ${result.commands} commands of ` +
          `${result.sequences} sequences (seed ${seed}, ${seconds.toFixed(1)} s)\n`,
      );
      return exitCodes.satisfied;
    case 'different': {
      const again = `--seed ${result.seed} --commands ${result.drawn.length}`;
      stdout.write(formatDifference(result, real));
      stdout.write(`${commandNameOf(environment)} conformance ${again} --etcd-version ${etcdVersion}\n`);
      return exitCodes.violated;
    }
    default:
      return result satisfies never;
  }
}
