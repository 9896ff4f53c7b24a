/** The Election service: the member campaigns, proclaims and observes for its callers, as a client of itself. */
import { campaign, leaderOf, proclaim, resign } from '../concurrency/election.js';
import { MemberClient } from '../concurrency/member-client.js';
import { observe } from '../concurrency/observe.js';
import { runProcedure } from '../concurrency/procedure.js';
import { unaryProcedure } from '../concurrency/unary-procedure.js';
import { CODE, ERRORS, statusOf } from '../errors.js';
import type { CallStatus } from '../call-status.js';
import {
  CAMPAIGN_REQUEST,
  CAMPAIGN_RESPONSE,
  LEADER_REQUEST,
  LEADER_RESPONSE,
  PROCLAIM_REQUEST,
  PROCLAIM_RESPONSE,
  RESIGN_REQUEST,
  RESIGN_RESPONSE,
} from '../wire/election.js';
import type { IncomingCall, Method } from './server.js';
import { streaming, type ServerStream } from './streaming.js';
import { read } from './unary.js';

/** The Election service's methods by name. */
export const ELECTION_METHODS: Readonly<Record<string, Method>> = {
  Campaign: unaryProcedure(CAMPAIGN_REQUEST, CAMPAIGN_RESPONSE, campaign),
  Proclaim: unaryProcedure(PROCLAIM_REQUEST, PROCLAIM_RESPONSE, proclaim),
  Leader: unaryProcedure(LEADER_REQUEST, LEADER_RESPONSE, leaderOf),
  Observe: streaming((call) => new Observation(call)),
  Resign: unaryProcedure(RESIGN_REQUEST, RESIGN_RESPONSE, resign),
};

/** One observer: a request, then proclamations until it leaves. */
class Observation implements ServerStream {
  readonly #call: IncomingCall;
  #state: 'new' | 'observing' | 'ended' = 'new';
  #giveUp: (() => void) | undefined;

  constructor(call: IncomingCall) {
    this.#call = call;
  }

  message(bytes: Uint8Array): void {
    if (this.#state !== 'new') return;
    this.#state = 'observing';
    const request = read(LEADER_REQUEST, bytes, this.#call.server.rules, 'streamed');
    if (request.kind === 'refused') {
      this.#end(request.status);
      return;
    }
    const procedure = observe(MemberClient.of(this.#call), request.message, (proclamation) => {
      if (this.#state === 'observing') this.#call.sink.message(LEADER_RESPONSE.encode(proclamation));
    });
    // etcd does not say why there is nothing more to observe.
    this.#giveUp = runProcedure(procedure, () => this.#end({ code: CODE.ok, details: '' }));
  }

  halfClose(): void {
    if (this.#state !== 'new') return;
    const { namesMissingRequest } = this.#call.server.rules;
    this.#end(namesMissingRequest ? statusOf(ERRORS.missingRequest) : statusOf(ERRORS.endOfFile));
  }

  cancel(): void {
    this.#state = 'ended';
    this.#giveUp?.();
  }

  onNoLeader(): void {
    this.#end(statusOf(ERRORS.noLeader));
  }

  #end(status: CallStatus): void {
    if (this.#state === 'ended') return;
    this.cancel();
    this.#call.sink.status(status);
  }
}
