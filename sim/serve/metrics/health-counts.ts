/** How often probes have checked a member's health, and the answers they got. */
import { counter, type Family, type Sample } from './exposition.js';

interface Check {
  readonly type: string;
  readonly name: string;
  isWell: boolean;
  well: number;
  unwell: number;
}

export class HealthCounts {
  #well = 0;
  #unwell = 0;
  readonly #checks = new Map<string, Check>();

  /** `/health` was answered. */
  count(isWell: boolean): void {
    if (isWell) this.#well++;
    else this.#unwell++;
  }

  /** A check of a probe was made, such as `serializable_read` of `livez`. */
  countCheck(type: string, name: string, isWell: boolean): void {
    const key = `${type}/${name}`;
    let check = this.#checks.get(key);
    if (check === undefined) this.#checks.set(key, (check = { type, name, isWell, well: 0, unwell: 0 }));
    check.isWell = isWell;
    if (isWell) check.well++;
    else check.unwell++;
  }

  families(): readonly Family[] {
    const checks = [...this.#checks.values()];
    return [
      counter('etcd_server_health_success', this.#well),
      counter('etcd_server_health_failures', this.#unwell),
      {
        name: 'etcd_server_healthcheck',
        type: 'gauge',
        samples: checks.map(({ type, name, isWell }) => ({ labels: { type, name }, value: Number(isWell) })),
      },
      { name: 'etcd_server_healthchecks_total', type: 'counter', samples: checks.flatMap(outcomesOf) },
    ];
  }
}

/** The outcomes that have occurred. */
function outcomesOf({ type, name, well, unwell }: Check): Sample[] {
  const outcomes = [
    ['error', unwell],
    ['success', well],
  ] as const;
  return outcomes
    .filter(([, count]) => count > 0)
    .map(([status, count]) => ({ labels: { type, name, status }, value: count }));
}
