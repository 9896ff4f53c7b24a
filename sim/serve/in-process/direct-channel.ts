/**
 * A gRPC channel to a member in the same process: messages arrive at once, and there is nothing to connect.
 */
import { connectivityState, status as Status, type ChannelInterface, type Deadline } from '@grpc/grpc-js';
import type { EtcdMember } from '../../etcd/service.js';
import { DirectCall } from './direct-call.js';

export class DirectChannel implements ChannelInterface {
  readonly #member: EtcdMember;
  readonly #calls = new Set<DirectCall>();
  #count = 0;
  #isClosed = false;

  constructor(member: EtcdMember) {
    this.#member = member;
  }

  close(): void {
    this.#isClosed = true;
    for (const call of [...this.#calls]) call.cancelWithStatus(Status.UNAVAILABLE, 'Channel closed');
  }

  getTarget(): string {
    return `dns:${this.#member.name}:2379`;
  }

  getConnectivityState(): connectivityState {
    return this.#isClosed ? connectivityState.SHUTDOWN : connectivityState.READY;
  }

  /** Its state never changes until it is closed. */
  watchConnectivityState(
    currentState: connectivityState,
    deadline: Date | number,
    callback: (error?: Error) => void,
  ): void {
    if (this.#isClosed) throw new Error('Channel has been shut down');
    const untilMs = typeof deadline === 'number' ? deadline : deadline.getTime();
    if (currentState !== this.getConnectivityState()) {
      process.nextTick(callback);
    } else if (Number.isFinite(untilMs)) {
      const late = new Error('Deadline passed without connectivity state change');
      setTimeout(() => callback(late), Math.max(0, untilMs - Date.now())).unref();
    }
  }

  getChannelzRef(): ReturnType<ChannelInterface['getChannelzRef']> {
    return { kind: 'channel', id: 0, name: this.getTarget() } as ReturnType<
      ChannelInterface['getChannelzRef']
    >;
  }

  createCall(method: string, deadline: Deadline): DirectCall {
    if (this.#isClosed) throw new Error('Channel has been shut down');
    const call = new DirectCall(this.#member, method, deadline, ++this.#count, () =>
      this.#calls.delete(call),
    );
    this.#calls.add(call);
    return call;
  }
}
