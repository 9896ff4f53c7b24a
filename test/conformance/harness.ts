/** Comparisons for tests: one sequence, or drawn ones with a difference planted in the in-memory etcd. */
import type { Command } from '../../sim/conformance/command.js';
import {
  compareWithReal,
  type ConformanceRequest,
  type ConformanceReport,
} from '../../sim/conformance/compare-with-real.js';
import { runSequence, type SequenceDifference } from '../../sim/conformance/run-sequence.js';
import { startPairs } from '../../sim/conformance/start-pairs.js';
import type { EtcdVersion } from '../../sim/etcd/version.js';
import type { EtcdMember } from '../../sim/etcd/service.js';
import type { Encodable, MessageType } from '../../sim/etcd/wire/message.js';

/**
 * How many commands are compared for each version and each kind of command. Every difference that
 * `planted.test.ts` plants is found within 300. `sim conformance --commands N` compares more.
 */
export const COMMANDS_IN_CI = 500;

const progress = (): void => undefined;

/**
 * The first difference between the in-memory etcd and the real one in this sequence; undefined if there is
 * none.
 */
export async function differenceIn(
  commands: readonly Command[],
  version: EtcdVersion = '3.6',
): Promise<SequenceDifference | undefined> {
  const { pairs, close } = await startPairs({ count: 1, version, progress });
  try {
    const [pair] = pairs;
    if (pair === undefined) throw new Error('expected a pair');
    return await runSequence(pair, commands);
  } finally {
    await close();
  }
}

export function compare(
  order: Pick<ConformanceRequest, 'seed' | 'commands'> & Partial<ConformanceRequest>,
): Promise<ConformanceReport> {
  return compareWithReal({ etcdVersion: '3.6', progress, ...order });
}

/** Puts an error of our own into every response of a method. */
export function corrupting<R>(
  method: string,
  type: MessageType<R>,
  corrupt: (response: R) => Encodable<R>,
): (member: EtcdMember) => EtcdMember {
  return (member) => ({
    name: member.name,
    open: (path, metadata, sink) =>
      member.open(path, metadata, {
        message: (bytes) =>
          sink.message(path.endsWith(method) ? type.encode(corrupt(type.decode(bytes))) : bytes),
        status: (status) => sink.status(status),
      }),
  });
}
