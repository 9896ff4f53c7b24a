/**
 * One round: the manifests are applied, the pods run, some are killed, and the merged report is compared with
 * that of one machine. Invariant: the result names everything that was not as it must be.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { exitCodes } from '../../../sim/cli/exit-codes.js';
import type { Agent, Attempt } from '../agent/agent.js';
import { indexOf } from '../agent/pod.js';
import { accepted, type Api, type ApiObject } from '../api.js';
import { until } from '../follow.js';
import type { Place } from '../place.js';
import { isContinued, type Killer } from './killer.js';
import { claimManifest, mergeManifest, sweepManifest } from './manifests.js';
import { sweepHere } from './one-machine.js';
import { differences, reportOf } from './report.js';
import type { Round } from './rounds.js';

export interface RoundHost {
  readonly api: Api;
  readonly place: Place;
  readonly agent: Agent;
  readonly killer: Killer;
  readonly signal: AbortSignal;
  tell(line: string): void;
}

/** Resolves with what is wrong, a line each. */
export async function runRound(round: Round, host: RoundHost): Promise<readonly string[]> {
  const { api, agent, place } = host;
  accepted(await api.create('/api/v1/namespaces', namespaceOf(round.name)));
  const accounts = `/api/v1/namespaces/${round.name}/serviceaccounts`;
  await until(api, { collection: accounts, name: 'default' }, host.signal, () => true);
  const claim = claimManifest();
  accepted(await api.create(`/api/v1/namespaces/${round.name}/persistentvolumeclaims`, claim));

  const sweep = await runJob(sweepManifest(round), round, host);
  const wrong = [...judgeSweep(sweep, round, agent.attempts), ...judgeKills(round, host)];
  if (round.merge === undefined) return wrong;

  const merge = await runJob(mergeManifest(), round, host);
  const attempt = agent.attempts.find(({ pod }) => isOf(pod.metadata, round.name, merge));
  if (attempt === undefined || stateOf(merge) !== round.merge) {
    return [...wrong, `the merge is ${stateOf(merge)}, not ${round.merge}`];
  }
  host.tell(`${round.name}: the same sweep on one machine`);
  const alone = path.join(place.folder('alone'), round.name);
  mkdirSync(alone);
  const merged = path.join(agent.claimFolder(round.name, claim.metadata?.name ?? ''), 'merged');
  const report = reportOf(merged, attempt.exitCode, readFileSync(attempt.output, 'utf8'));
  return [...wrong, ...differences(report, await sweepHere(place, alone, round))];
}

/** Creates the Job; resolves with it once it has ended. */
async function runJob(job: ApiObject, round: Round, { api, signal, tell }: RoundHost): Promise<ApiObject> {
  const collection = `/apis/batch/v1/namespaces/${round.name}/jobs`;
  accepted(await api.create(collection, job));
  const name = job.metadata?.name ?? '';
  let told = '';
  const ended = await until(api, { collection, name }, signal, (now) => {
    const { active = 0, succeeded = 0, failed = 0 } = statusOf(now);
    const line = `${round.name}: Job ${name}: ${active} active, ${succeeded} succeeded, ${failed} failed`;
    if (line !== told) tell(line);
    told = line;
    return stateOf(now) !== undefined;
  });
  tell(`${round.name}: Job ${name} is ${stateOf(ended)}`);
  return ended;
}

interface JobStatus {
  readonly active?: number;
  readonly succeeded?: number;
  readonly failed?: number;
  readonly completedIndexes?: string;
  readonly conditions?: readonly {
    readonly type: string;
    readonly status: string;
    readonly reason?: string;
  }[];
}

function statusOf(job: ApiObject): JobStatus {
  return job['status'] as JobStatus;
}

/** How the Job has ended; undefined while it runs. */
function stateOf(job: ApiObject): 'Complete' | 'Failed' | undefined {
  const ended = (statusOf(job).conditions ?? [])
    .filter(({ status }) => status === 'True')
    .map(({ type }) => type);
  return (['Complete', 'Failed'] as const).find((type) => ended.includes(type));
}

function judgeSweep(job: ApiObject, round: Round, attempts: readonly Attempt[]): string[] {
  const { succeeded = 0, failed = 0, conditions = [] } = statusOf(job);
  if (stateOf(job) !== round.sweep) return [`the sweep is ${stateOf(job)}, not ${round.sweep}`];
  const own = attempts.filter(({ pod }) => isOf(pod.metadata, round.name, job));
  if (round.sweep === 'Failed') {
    const reason = conditions.find(({ type }) => type === 'Failed')?.reason;
    const mistaken = own.some(({ exitCode }) => exitCode === exitCodes.usage);
    return [
      ...(reason === 'PodFailurePolicy' ? [] : [`the sweep failed for ${reason}, not for PodFailurePolicy`]),
      ...(mistaken ? [] : [`no pod ended with ${exitCodes.usage}`]),
      ...(own.length <= round.parts
        ? []
        : [`${own.length} pods ran for ${round.parts} parts: one was tried again`]),
    ];
  }
  const kills = Object.values(round.kills).flat();
  // What a drained node ends does not count.
  const counted = kills.filter((kill) => kill === 'crash').length;
  const wrong = [
    ...(succeeded === round.parts ? [] : [`${succeeded} of ${round.parts} parts succeeded`]),
    ...(failed === counted ? [] : [`the Job counts ${failed} failures, not ${counted}`]),
  ];
  for (let index = 0; index < round.parts; index++) {
    const codes = own.filter(({ pod }) => indexOf(pod) === index).map(({ exitCode }) => exitCode);
    const expected = [...(round.kills[index] ?? []).map(() => 137), 0];
    if (codes.join() !== expected.join()) wrong.push(`the pods of index ${index} ended with ${codes.join()}`);
  }
  return wrong;
}

function judgeKills(round: Round, { killer }: RoundHost): string[] {
  return Object.entries(round.kills).flatMap(([index, planned]) => {
    const done = killer.killed.filter((one) => one.index === Number(index) && one.round === round.name);
    const kinds = done.map(({ kill }) => kill);
    const anew = done.filter((one) => !isContinued(one));
    return [
      ...(kinds.join() === planned.join() ? [] : [`index ${index}: ${kinds.length} pods were killed`]),
      ...anew.map(({ pod }) => `index ${index}: the pod after ${pod} did not continue its sweep`),
    ];
  });
}

function isOf(metadata: ApiObject['metadata'], namespace: string, job: ApiObject): boolean {
  const owner = metadata?.labels?.['batch.kubernetes.io/job-name'];
  return metadata?.namespace === namespace && owner === job.metadata?.name;
}

function namespaceOf(name: string): ApiObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}
