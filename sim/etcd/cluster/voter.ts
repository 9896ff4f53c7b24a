/** A member as consensus sees it: it runs or not, and knows a leader or not. */
export interface Voter {
  readonly name: string;
  readonly isRunning: boolean;
  /** Whom it takes for the leader, who may be gone already. Set by consensus alone. */
  knownLeader: Voter | undefined;
  /** When it became leader last; negative infinity before. Set by consensus alone. */
  electedMs: number;
  /** When it last stopped or started; negative infinity before. Set by consensus alone. */
  changedMs: number;
}
