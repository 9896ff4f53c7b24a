/**
 * The metrics of one served member: from the model, from the counts at its port, and about this process.
 * Invariant: a restarted member counts from zero, as a new process does.
 */
import type { EtcdHost, EtcdMember, MeasuredMember } from '../../etcd/service.js';
import type { VersionRules } from '../../etcd/version.js';
import { CallCounts } from './call-counts.js';
import { diskFamilies } from './disk-families.js';
import { expositionOf, gauge, type Family } from './exposition.js';
import { HealthCounts } from './health-counts.js';
import { metered } from './metered-call.js';
import { processFamilies } from './process-families.js';
import { serverFamilies } from './server-families.js';
import { storeFamilies } from './store-families.js';

/** Since the member's process began. */
interface Counted {
  readonly startedMs: number;
  readonly calls: CallCounts;
  readonly health: HealthCounts;
  pages: number;
}

export class ServedMetrics {
  /** The member with counted calls. */
  readonly member: EtcdMember;
  readonly #member: MeasuredMember;
  readonly #rules: VersionRules;
  readonly #host: EtcdHost;
  #counted: Counted;

  constructor(member: MeasuredMember, rules: VersionRules, host: EtcdHost) {
    this.#member = member;
    this.#rules = rules;
    this.#host = host;
    this.#counted = this.#newProcess();
    this.member = metered(member, rules, () => this.#counted.calls);
  }

  get health(): HealthCounts {
    return this.#counted.health;
  }

  /** The member's process begins anew. */
  restart(): void {
    this.#counted = this.#newProcess();
  }

  get contentType(): string {
    return `text/plain; version=0.0.4; charset=utf-8${this.#rules.metrics.endOfContentType}`;
  }

  /** Resolves once the member serves. */
  page(): Promise<string> {
    return new Promise((resolve) =>
      this.#member.measure((metrics) => {
        const counted = this.#counted;
        const { lacks } = this.#rules.metrics;
        const families = [
          ...storeFamilies(metrics),
          ...serverFamilies(metrics),
          ...diskFamilies(metrics),
          ...counted.calls.families(),
          ...counted.health.families(),
          ...processFamilies(counted.startedMs),
          ...pageFamilies(counted.pages),
        ];
        resolve(expositionOf(families.filter(({ name }) => !lacks.includes(name))));
        counted.pages++;
      }),
    );
  }

  #newProcess(): Counted {
    const calls = new CallCounts(this.#rules);
    return { startedMs: this.#host.nowMs(), calls, health: new HealthCounts(), pages: 0 };
  }
}

/** The page about itself: how often it was requested before. */
function pageFamilies(count: number): readonly Family[] {
  const samples = ['200', '500', '503'].map((code) => ({
    labels: { code },
    value: code === '200' ? count : 0,
  }));
  return [
    gauge('promhttp_metric_handler_requests_in_flight', 1),
    { name: 'promhttp_metric_handler_requests_total', type: 'counter', samples },
  ];
}
