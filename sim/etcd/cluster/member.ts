/**
 * One member: a name and a copy of the state that stay, and a process that comes and goes. If it is removed,
 * another can take its place: the name and the address stay, the id and the state are new.
 */
import { countOne } from '../metrics/counts.js';
import type { LeaseEvent } from '../lease/lessor.js';
import type { MemberMetrics } from '../metrics/member-metrics.js';
import { ENDED_CALL } from '../rpc/streaming.js';
import type { CallMetadata, CallSink, EtcdHost, MeasuredMember, ServerCall } from '../service.js';
import { StateMachine, type StateListener, type StateOptions } from '../state-machine.js';
import type { Log } from './log.js';
import { Process, type ClusterParts } from './process.js';
import { Replica } from './replica.js';
import { Voter } from './voter.js';

/** Before any election a cluster is in its second term: the first is that of its configuration. */
const FIRST_TERM = 2;

export interface MemberOptions {
  readonly name: string;
  readonly id: bigint;
  readonly clientUrls: readonly string[];
  readonly host: EtcdHost;
  readonly state: StateOptions;
  readonly log: Log<Voter>;
  readonly onChanges?: StateListener['onChanges'] | undefined;
  /** Hears of every lease at every member. */
  readonly observeLease?: ((event: LeaseEvent, member: string) => void) | undefined;
  /** The member has applied a change of the cluster's membership. */
  onMembership(voter: Voter): void;
}

export class Member implements MeasuredMember {
  readonly name: string;
  readonly clientUrls: readonly string[];
  readonly #options: MemberOptions;
  #id: bigint;
  #voter: Voter;
  /** The ids of the members that it has replaced. */
  readonly #formerIds: bigint[] = [];
  #process: Process | undefined;
  #starts = 0;
  /** Callers that asked this member something while it was paused. */
  readonly #waiting = new Set<() => void>();

  constructor(options: MemberOptions) {
    const { name, id, clientUrls } = options;
    this.name = name;
    this.clientUrls = clientUrls;
    this.#options = options;
    this.#id = id;
    this.#voter = this.#makeVoter();
  }

  #makeVoter(): Voter {
    const { name, host, state, log, onChanges, observeLease, onMembership } = this.#options;
    /** A replaced member has no process any more. */
    const process = (): Process | undefined => (this.#voter === voter ? this.#process : undefined);
    const machine = new StateMachine(state, {
      onChanges: (revision, changes) => {
        onChanges?.(revision, changes);
        process()?.hub.notify(revision, changes);
      },
      onLease: () => process()?.expiryClock.onLeasesChanged(),
      observeLease: observeLease === undefined ? undefined : (event) => observeLease(event, name),
      onAuth: (event) => process()?.tokens.onEvent(event),
      onMembership: () => onMembership(voter),
    });
    const replica = new Replica(host, name, log.index, (index) => log.applyTo(voter, index));
    const voter: Voter = new Voter(
      name,
      machine,
      replica,
      {
        onLeaderKnown: (known) => process()?.leaderWatches.onLeader(known),
        onQuorum: (elected) => process()?.onQuorum(elected),
        onPromoted: () => process()?.onPromoted(),
        onDemoted: () => process()?.onDemoted(),
      },
      FIRST_TERM,
    );
    return voter;
  }

  get id(): bigint {
    return this.#id;
  }

  /** Its own id, and those of the members that it has replaced. */
  get everyId(): readonly bigint[] {
    return [this.#id, ...this.#formerIds];
  }

  get voter(): Voter {
    return this.#voter;
  }

  /** From here on it is the member that was added in place of the removed one; see {@link beginBlank}. */
  become(id: bigint): void {
    const { slownessMs } = this.#voter.replica;
    this.#formerIds.push(this.#id);
    this.#id = id;
    this.#voter = this.#makeVoter();
    this.#voter.isRunning = false;
    this.#voter.replica.slownessMs = slownessMs;
  }

  get isAuthEnabled(): boolean {
    return this.voter.machine.auth.enabled;
  }

  /** The process, if one runs. */
  get process(): Process | undefined {
    return this.#process;
  }

  /** Starts with nothing; see {@link Replica.beginBlank}. */
  beginBlank(cluster: ClusterParts): void {
    const { consensus } = cluster;
    const { voter } = this;
    voter.replica.beginBlank(
      () => {
        const leader = consensus.leadership.leaderReachedBy(voter);
        if (leader === undefined) return undefined;
        voter.machine.copyFrom(leader.machine);
        this.#countState(cluster, leader);
        return leader.replica.appliedIndex;
      },
      () => {
        consensus.onRestored(voter);
        this.#process?.propose(
          ({ membership }) => membership.publish(this.id, this.name, this.clientUrls),
          () => undefined,
        );
      },
    );
  }

  #countState({ members }: ClusterParts, leader: Voter): void {
    const sender = members.find((member) => member.voter === leader);
    if (sender === undefined) return;
    countOne(this.voter.machine.counts.statesReceived, sender.id);
    countOne(leader.machine.counts.statesSent, this.id);
  }

  start(cluster: ClusterParts): void {
    this.voter.isRunning = true;
    const { machine, knownLeader } = this.voter;
    machine.counts.reset();
    if (knownLeader !== undefined) machine.counts.leaderChanges++;
    this.#process = new Process(cluster, this, this.#starts++);
  }

  stop(): void {
    this.voter.isRunning = false;
    this.voter.isPaused = false;
    this.#process?.stop();
    this.#process = undefined;
    this.#tellWaiting();
  }

  pause(): void {
    this.voter.isPaused = true;
    this.#process?.pause();
  }

  /**
   * The process resumes.
   *
   * @param hear informs it about the state of the cluster before it does anything else
   */
  resume(hear: () => void): void {
    this.voter.isPaused = false;
    hear();
    this.#process?.resume();
    this.#tellWaiting();
  }

  /** Calls back once the paused process resumes or ends; returns how to give up. */
  whenAnswering(action: () => void): () => void {
    const wait = (): void => action();
    this.#waiting.add(wait);
    return () => this.#waiting.delete(wait);
  }

  open(method: string, metadata: CallMetadata, sink: CallSink): ServerCall {
    return this.#process?.open(method, metadata, sink) ?? ENDED_CALL;
  }

  measure(tell: (metrics: MemberMetrics) => void): void {
    this.#process?.measure(tell);
  }

  #tellWaiting(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wait of waiting) wait();
  }
}
