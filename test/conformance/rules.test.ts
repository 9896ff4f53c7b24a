/**
 * Whether the drawn commands would notice if one rule of a version came from the previous version. It
 * distinguishes two in-memory etcds that differ only in that rule. A comparison with a real etcd without
 * findings proves no more than that.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Command } from '../../sim/conformance/command.js';
import { administrationCommand } from '../../sim/conformance/draw-administration.js';
import { authSequence } from '../../sim/conformance/draw-auth.js';
import { administration, command, commands } from '../../sim/conformance/draw-commands.js';
import { rawCommand } from '../../sim/conformance/draw-raw.js';
import { withoutFatalRequests } from '../../sim/conformance/fatal-requests.js';
import { createModelSide } from '../../sim/conformance/model-side.js';
import { createPair } from '../../sim/conformance/pair.js';
import { runSequence } from '../../sim/conformance/run-sequence.js';
import { etcdVersions, VERSIONS, type VersionRules } from '../../sim/etcd/version.js';

type Sequences = fc.Arbitrary<readonly Command[]>;

/**
 * Rules that clients which only send requests never, or hardly ever, notice in one member; other tests cover
 * them.
 */
const UNSEEN: Readonly<Record<string, string>> = {
  progressPassesEvents: 'takes a put at the moment of a progress request; see watch.test.ts',
  preVote: 'takes a member that was cut off',
  lockLooksAtItsKey: 'takes a Lock that has to wait',
  namesMissingRequest: 'takes a client that ends before it has asked',
  hasProbes: 'is no gRPC',
  hasHealthList: 'is in the Health service; see test/etcd/health.test.ts',
  healthMessages: 'is in the Health service; see test/etcd/health.test.ts',
  healthAsksLog: 'is no gRPC; see test/serve',
  readsCrlAsPem: 'is about certificates; see test/serve/authentication',
  'auth.signsWithEd25519': 'is about signed tokens; see test/serve/authentication',
  'auth.comparesKeys': 'is about signed tokens; see test/serve/authentication',
  'auth.checksIssueTime': 'is about signed tokens; see test/serve/authentication',
  gatewayJson: 'is no gRPC; see test/serve/gateway',
  gatewayEndsErrorsWithTrailers: 'is no gRPC; see test/serve/gateway',
  gatewayLacks: 'is no gRPC; see test/serve/gateway',
  'auth.permissionTreesSplitByEnd': 'takes five permissions that overlap as they must; see auth.test.ts',
  'maintenance.readsMembersLinearizably': 'takes a quorum that is lost',
  'maintenance.addNeedsAllPeers': 'takes a member that is gone',
  'maintenance.snapshotTellsVersion': 'is in a snapshot',
};

/** No command shows a metric; test/serve/metrics compares them with those of each version. */
const IS_OF_METRICS = /^metrics\./;

const client = fc.nat(1);
const auth = authSequence(
  fc.oneof({ weight: 7, arbitrary: command }, { weight: 1, arbitrary: administrationCommand(client) }),
);
const malformed: Sequences = fc.array(rawCommand(client), { minLength: 1, maxLength: 40, size: 'max' });

function sequencesFor(rule: string): Sequences {
  if (rule.startsWith('auth.') || rule === 'maintenance.translatesAlarmErrors') return auth;
  if (/^maintenance\.|^version$|^release$|^storageVersion$/.test(rule)) return administration;
  return /messages|Malformed|NotYetKnown/.test(rule) ? malformed : commands;
}

interface Step {
  /** Such as `auth.checksAllOfTxn`. */
  readonly rule: string;
  readonly rules: VersionRules;
  /** The same, except for that rule. */
  readonly odd: VersionRules;
}

/** The changes of a version, one rule at a time. */
function stepsTo(rules: VersionRules, before: VersionRules): readonly Step[] {
  return Object.entries(rules).flatMap(([name, value]): readonly Step[] => {
    const old: unknown = before[name as keyof VersionRules];
    if (!isGroup(value) || !isGroup(old)) {
      const isSame = JSON.stringify(value) === JSON.stringify(old);
      return isSame ? [] : [{ rule: name, rules, odd: { ...rules, [name]: old } }];
    }
    return Object.keys(value)
      .filter((inner) => value[inner] !== old[inner])
      .map((inner) => ({
        rule: `${name}.${inner}`,
        rules,
        odd: { ...rules, [name]: { ...value, [inner]: old[inner] } },
      }));
  });
}

function isGroup(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const COMMANDS_MAX = 80_000;
const SEQUENCES_AT_ONCE = 50;

const drawn = new Map<Sequences, (readonly Command[])[][]>();

/** A seed's draws, once for all rules: drawing takes as long as running. */
function sample(sequences: Sequences, seed: number): readonly (readonly Command[])[] {
  const bySeed = drawn.get(sequences) ?? [];
  drawn.set(sequences, bySeed);
  return (bySeed[seed] ??= fc.sample(sequences, { seed, numRuns: SEQUENCES_AT_ONCE }));
}

/** How many commands it takes; undefined if more than are tried. */
async function commandsUntilSeen({ rule, rules, odd }: Step): Promise<number | undefined> {
  const pair = await createPair(createModelSide({ version: odd }), createModelSide({ version: rules }));
  const sequences = sequencesFor(rule);
  let count = 0;
  for (let seed = 1; count < COMMANDS_MAX; seed++) {
    for (const sequence of sample(sequences, seed)) {
      count += sequence.length;
      if ((await runSequence(pair, withoutFatalRequests(sequence, rules.version))) !== undefined)
        return count;
    }
  }
  return undefined;
}

for (const [index, version] of etcdVersions.entries()) {
  const before = etcdVersions[index - 1];
  if (before === undefined) continue;
  const steps = stepsTo(VERSIONS[version], VERSIONS[before]).filter(
    ({ rule }) => !(rule in UNSEEN) && !IS_OF_METRICS.test(rule),
  );
  describe(`drawn commands distinguish ${version} from ${before}`, () => {
    it.each(steps)('by $rule', async (step) => {
      const seen = await commandsUntilSeen(step);
      expect(seen).toBeDefined();
    });
  });
}
