/**
 * The cluster's alarms, part of the replicated state: which members have raised which, and which writes they
 * forbid. Invariant: an alarm holds for the whole cluster until it is disarmed, whichever member raised it.
 */
import { ERRORS } from '../errors.js';
import { failed, type Failure } from '../result.js';
import { ALARM_TYPE, type AlarmMember } from '../wire/maintenance.js';

/** The kinds of log entries that an alarm may refuse. */
export type Refusable =
  /** Takes up space: a put, a transaction with a put in it, a grant. */
  | 'growth'
  /** Any other change of keys or leases. */
  | 'change';

/** The names of the types of alarms. */
export const ALARM_NAMES: ReadonlyMap<number, string> = new Map([
  [ALARM_TYPE.noSpace, 'NOSPACE'],
  [ALARM_TYPE.corrupt, 'CORRUPT'],
]);

const NO_SPACE = failed(ERRORS.noSpace);
const CORRUPT = failed(ERRORS.corrupt);

export class AlarmStore {
  readonly #combine: boolean;
  #alarms: readonly AlarmMember[] = [];
  /** The types that have an effect. */
  #effective: readonly number[] = [];

  /**
   * @param combine whether every raised type has its effect, as of 3.6; earlier versions apply only the type
   *   raised last, until some type is disarmed
   */
  constructor(combine: boolean) {
    this.#combine = combine;
  }

  copyFrom(other: AlarmStore): void {
    this.#alarms = other.#alarms;
    this.#effective = other.#effective;
  }

  /** In order of their types, then of members. */
  list(alarm: number = ALARM_TYPE.none): readonly AlarmMember[] {
    return alarm === ALARM_TYPE.none ? this.#alarms : this.#alarms.filter((one) => one.alarm === alarm);
  }

  /** Returns the alarm, also if it was already raised. */
  activate(memberID: bigint, alarm: number): AlarmMember {
    const found = this.#find(memberID, alarm);
    if (found !== undefined) return found;
    const isFirst = this.list(alarm).length === 0;
    const raised: AlarmMember = { memberID, alarm };
    this.#alarms = [...this.#alarms, raised].sort(byTypeAndMember);
    if (isFirst) this.#effective = this.#combine ? [...this.#effective, alarm] : [alarm];
    return raised;
  }

  /** Returns the alarm; undefined if it was not raised. */
  deactivate(memberID: bigint, alarm: number): AlarmMember | undefined {
    const found = this.#find(memberID, alarm);
    if (found === undefined) return undefined;
    this.#alarms = this.#alarms.filter((one) => one !== found);
    const isLast = this.list(alarm).length === 0;
    if (isLast) this.#effective = this.#combine ? this.#effective.filter((one) => one !== alarm) : [];
    return found;
  }

  /**
   * Why the alarms forbid it. A corrupt cluster accepts no changes at all; one without space accepts none
   * that need space.
   */
  refusal(entry: Refusable): Failure | undefined {
    if (this.#effective.length === 0) return undefined;
    if (this.#effective.includes(ALARM_TYPE.corrupt)) return CORRUPT;
    return entry === 'growth' && this.#effective.includes(ALARM_TYPE.noSpace) ? NO_SPACE : undefined;
  }

  /** Before 3.6, an alarm that has an effect replaces permissions and the quota. */
  get isAllThatRefuses(): boolean {
    return !this.#combine && this.#effective.length > 0;
  }

  #find(memberID: bigint, alarm: number): AlarmMember | undefined {
    return this.#alarms.find((one) => one.memberID === memberID && one.alarm === alarm);
  }
}

function byTypeAndMember(left: AlarmMember, right: AlarmMember): number {
  if (left.alarm !== right.alarm) return left.alarm - right.alarm;
  return left.memberID < right.memberID ? -1 : left.memberID > right.memberID ? 1 : 0;
}
