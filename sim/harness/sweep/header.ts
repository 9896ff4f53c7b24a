/**
 * What a sweep is, as data: two machines, or two processes one after the other, work on the same sweep iff their headers
 * agree. Invariant: a difference is named in one line.
 */
import * as v from 'valibot';
import { etcdVersions } from '../../etcd/version.js';
import { formatFaultSelection } from '../../explore/fault-selection.js';
import { budgetSchema } from '../../explore/plan-schema.js';
import { formatStrategySelection } from '../../explore/strategies/strategy-selection.js';
import type { SeedRange } from '../../explore/sweep.js';
import type { Backend } from '../../backend/backend.js';
import { canonicalJson } from '../../input/canonical-json.js';
import { describeValue } from '../../input/describe-value.js';
import { quote } from '../../input/parsed.js';
import { choice, fields, list, seed, text, whole, type Read } from '../../input/schema.js';
import { VERSION } from '../../version.js';
import type { RunParameters } from '../plan-runner.js';

const COUNT_MAX = Number.MAX_SAFE_INTEGER;

/** The commit that a sweep runs on, and when it began, in UTC. */
const originSchema = fields({
  commit: text('a commit'),
  startedAt: v.pipe(v.string('a time'), v.isoTimestamp('a time such as 2026-11-29T02:00:00.000Z')),
});

/** The parameters of one scenario. */
const scenarioSchema = fields({
  name: text('the name of a scenario'),
  options: v.record(v.string(), v.union([v.string(), v.number()], 'a number or a name'), 'options'),
  faults: text('kinds of fault'),
  members: whole(1, COUNT_MAX),
  etcdVersion: choice(etcdVersions),
  strategy: text('strategies'),
  backend: choice(['simulated', 'real']),
  budget: budgetSchema,
});

export const headerSchema = fields({
  version: text('a version'),
  scenarios: v.pipe(list(scenarioSchema, 'a list of scenarios'), v.minLength(1, 'at least one scenario')),
  seeds: fields({ first: seed, last: seed }),
  shard: v.exactOptional(fields({ index: whole(1, COUNT_MAX), of: whole(1, COUNT_MAX) })),
  bail: v.exactOptional(whole(1, COUNT_MAX)),
  words: list(v.string('a word'), 'the words of a command'),
  origin: v.exactOptional(originSchema),
});

export type Origin = Read<typeof originSchema>;
export type SweepHeader = Read<typeof headerSchema>;

export interface HeaderRequest {
  readonly scenarios: readonly RunParameters[];
  readonly backend: Backend['name'];
  /** Of all shards together. */
  readonly seeds: SeedRange;
  readonly shard: Shard | undefined;
  readonly bail: number;
  /** The arguments of the command. */
  readonly words: readonly string[];
  /** Undefined where no commit is known. */
  readonly origin?: Origin | undefined;
}

/** One of several parts of a sweep, counted from 1. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

export function headerOf({
  scenarios,
  backend,
  seeds,
  shard,
  bail,
  words,
  origin,
}: HeaderRequest): SweepHeader {
  return {
    version: VERSION,
    scenarios: scenarios.map(({ scenario, options, faults, members, etcdVersion, strategy, budget }) => ({
      name: scenario.name,
      options,
      faults: formatFaultSelection(faults),
      members,
      etcdVersion,
      strategy: formatStrategySelection(strategy),
      backend,
      budget,
    })),
    seeds,
    ...(shard === undefined ? {} : { shard }),
    ...(bail === Infinity ? {} : { bail }),
    words: [...words],
    ...(origin === undefined ? {} : { origin }),
  };
}

/** The seeds of a shard: parts that follow each other and differ by one seed at most. */
export function seedsOfShard({ first, last }: SeedRange, { index, of }: Shard): SeedRange {
  const count = last - first + 1;
  const begin = (part: number) => first + Math.floor((part * count) / of);
  return { first: begin(index - 1), last: begin(index) - 1 };
}

/** The seeds that the header's own process runs. */
export function ownSeeds({ seeds, shard }: SweepHeader): SeedRange {
  return shard === undefined ? seeds : seedsOfShard(seeds, shard);
}

/**
 * The first thing in which two sweeps differ, such as `faults of "bank": expected "swarm", got "none"`; undefined where
 * they are one. How many failures end it,
 * which part it is and on which commit does not count.
 */
export function differenceOf(wanted: SweepHeader, got: SweepHeader): string | undefined {
  const differs = (what: string, one: unknown, other: unknown) =>
    canonicalJson(one) === canonicalJson(other)
      ? undefined
      : `${what}: expected ${describeValue(one)}, got ${describeValue(other)}`;
  const names = ({ scenarios }: SweepHeader) => scenarios.map(({ name }) => name).join(', ');
  const [version, scenarios] = [
    differs('version of etcd-sim', wanted.version, got.version),
    differs('scenarios', names(wanted), names(got)),
  ];
  if (version !== undefined || scenarios !== undefined) return version ?? scenarios;
  for (const [index, one] of wanted.scenarios.entries()) {
    const other = got.scenarios[index];
    for (const key of Object.keys(one) as (keyof typeof one)[]) {
      const found = differs(`${key} of ${quote(one.name)}`, one[key] ?? null, other?.[key] ?? null);
      if (found !== undefined) return found;
    }
  }
  return differs('seeds', rangeText(wanted.seeds), rangeText(got.seeds));
}

function rangeText({ first, last }: SeedRange): string {
  return `${first}..${last}`;
}
