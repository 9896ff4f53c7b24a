/** One member: a name that stays, and a process that comes and goes. */
import { ENDED_CALL } from '../rpc/streaming.js';
import type { CallMetadata, CallSink, EtcdMember, ServerCall } from '../service.js';
import { Process, type ClusterParts } from './process.js';
import type { Voter } from './voter.js';

export class Member implements EtcdMember, Voter {
  electedMs = -Infinity;
  changedMs = -Infinity;
  #knownLeader: Voter | undefined;
  #process: Process | undefined;
  #isRunning = true;
  #starts = 0;

  constructor(
    readonly name: string,
    readonly id: bigint,
    readonly clientUrls: readonly string[],
  ) {}

  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** The process, while it runs. */
  get process(): Process | undefined {
    return this.#process;
  }

  get knownLeader(): Voter | undefined {
    return this.#knownLeader;
  }

  set knownLeader(leader: Voter | undefined) {
    this.#knownLeader = leader;
    this.#process?.leaderWatches.onLeader(leader !== undefined);
  }

  start(cluster: ClusterParts): void {
    this.#isRunning = true;
    this.#process = new Process(cluster, this, this.#starts++);
  }

  stop(): void {
    this.#isRunning = false;
    this.#process?.stop();
    this.#process = undefined;
  }

  open(method: string, metadata: CallMetadata, sink: CallSink): ServerCall {
    return this.#process?.open(method, metadata, sink) ?? ENDED_CALL;
  }
}
