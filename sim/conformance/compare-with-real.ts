/** A complete comparison, including the start and the end of the real etcd: the work of `sim conformance`. */
import type fc from 'fast-check';
import type { EtcdVersion } from '../etcd/version.js';
import type { EtcdMember } from '../etcd/service.js';
import type { Command } from './command.js';
import { runConformance, type ConformanceResult } from './conformance.js';
import { sequence as anySequence } from './draw-commands.js';
import { withoutFatalRequests } from './fatal-requests.js';
import { startPairs } from './start-pairs.js';

export interface ConformanceRequest {
  readonly seed: number;
  /** How many commands to compare, at least. */
  readonly commands: number;
  readonly etcdVersion: EtcdVersion;
  readonly signal?: AbortSignal | undefined;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Placed before each in-memory member, to plant a difference. */
  readonly wrap?: (member: EtcdMember) => EtcdMember;
  /** The source of sequences; by default all kinds. */
  readonly sequence?: fc.Arbitrary<readonly Command[]>;
  /** Called with one line for every slow step. */
  progress(line: string): void;
}

export interface ConformanceReport {
  readonly result: ConformanceResult;
  /** The real side, such as `etcd 3.6.14 with one member`. */
  readonly real: string;
}

/**
 * A sequence mostly waits for etcd, so several run at a time; more would cost memory without being faster.
 */
const PAIRS_MAX = 4;
const COMMANDS_PER_PAIR_MIN = 500;

/** Rejects with an EnvironmentError if etcd is unavailable, and with the signal's reason. */
export async function compareWithReal(request: ConformanceRequest): Promise<ConformanceReport> {
  const { seed, commands, etcdVersion, signal, env, wrap, sequence = anySequence, progress } = request;
  const started = await startPairs({
    count: Math.max(1, Math.min(PAIRS_MAX, Math.floor(commands / COMMANDS_PER_PAIR_MIN))),
    version: etcdVersion,
    signal,
    progress,
    ...(env === undefined ? {} : { env }),
    ...(wrap === undefined ? {} : { wrap }),
  });
  let tenths = 0;
  try {
    const result = await runConformance({
      seed,
      commands,
      pairs: started.pairs,
      signal,
      sequence: sequence.map((drawn) => withoutFatalRequests(drawn, etcdVersion)),
      progress(done) {
        const reached = Math.floor((done * 10) / commands);
        if (reached <= tenths) return;
        tenths = reached;
        progress(`${Math.min(done, commands)} of ${commands} commands`);
      },
    });
    return { result, real: started.description };
  } finally {
    await started.close();
  }
}
