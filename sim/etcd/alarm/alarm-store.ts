/**
 * The cluster's alarms, part of the replicated state: which members have raised which, and what may no longer be
 * written because of it. Invariant: an alarm holds for the whole cluster, whoever raised it, until it is disarmed.
 */
import { ERRORS } from '../errors.js';
import { failed, type Failure } from '../result.js';
import { ALARM_TYPE, type AlarmMember } from '../wire/maintenance.js';

/** What an entry of the log may be refused for. */
export type Refusable =
  /** Takes up space: a put, a transaction with a put in it, a grant. */
  | 'growth'
  /** Any other change of keys or leases. */
  | 'change';

const NO_SPACE = failed(ERRORS.noSpace);
const CORRUPT = failed(ERRORS.corrupt);

export class AlarmStore {
  #alarms: readonly AlarmMember[] = [];
  #refusals: Readonly<Record<Refusable, Failure | undefined>> = { growth: undefined, change: undefined };

  /** In order of their types, then of members. */
  list(alarm: number = ALARM_TYPE.none): readonly AlarmMember[] {
    return alarm === ALARM_TYPE.none ? this.#alarms : this.#alarms.filter((one) => one.alarm === alarm);
  }

  /** Returns the alarm, also where it was raised before. */
  activate(memberID: bigint, alarm: number): AlarmMember {
    const found = this.#find(memberID, alarm);
    if (found !== undefined) return found;
    const raised: AlarmMember = { memberID, alarm };
    this.#set([...this.#alarms, raised]);
    return raised;
  }

  /** Returns the alarm; undefined where it was not raised. */
  deactivate(memberID: bigint, alarm: number): AlarmMember | undefined {
    const found = this.#find(memberID, alarm);
    if (found !== undefined) this.#set(this.#alarms.filter((one) => one !== found));
    return found;
  }

  /** Why the alarms forbid it. A corrupt cluster takes no changes at all, one without space none that grow it. */
  refusal(entry: Refusable): Failure | undefined {
    return this.#refusals[entry];
  }

  #find(memberID: bigint, alarm: number): AlarmMember | undefined {
    return this.#alarms.find((one) => one.memberID === memberID && one.alarm === alarm);
  }

  #set(alarms: readonly AlarmMember[]): void {
    this.#alarms = [...alarms].sort(byTypeAndMember);
    const isRaised = (alarm: number): boolean => this.#alarms.some((one) => one.alarm === alarm);
    const change = isRaised(ALARM_TYPE.corrupt) ? CORRUPT : undefined;
    this.#refusals = { growth: change ?? (isRaised(ALARM_TYPE.noSpace) ? NO_SPACE : undefined), change };
  }
}

function byTypeAndMember(left: AlarmMember, right: AlarmMember): number {
  if (left.alarm !== right.alarm) return left.alarm - right.alarm;
  return left.memberID < right.memberID ? -1 : left.memberID > right.memberID ? 1 : 0;
}
