/**
 * Scheduler and kubelet in one: binds every pod to one node, runs it as a local process, and reports its
 * phases. Invariant: a pod is reported as ended only once its process is gone.
 */
import path from 'node:path';
import { accepted, type Api, type ApiObject, type Answer } from '../api.js';
import { follow } from '../follow.js';
import type { Place } from '../place.js';
import { commandOf, type Image } from './container-process.js';
import type { Pod } from './pod.js';
import { RunningPod } from './running-pod.js';

const NODE = 'this-machine';
const GONE = 404;
const CONFLICT = 409;

export interface AgentOptions {
  readonly api: Api;
  readonly place: Place;
  readonly signal: AbortSignal;
  imageOf(name: string): Image;
  /** Called with each process that begins. */
  onStarted(pod: Pod, running: RunningPod): void;
}

/** One process of a pod, as it ended. */
export interface Attempt {
  readonly pod: Pod;
  readonly exitCode: number;
  readonly output: string;
}

export class Agent {
  readonly #options: AgentOptions;
  readonly #running = new Map<string, RunningPod>();
  readonly #bound = new Set<string>();
  readonly #started = new Set<string>();
  readonly attempts: Attempt[] = [];

  constructor(options: AgentOptions) {
    this.#options = options;
  }

  /** Registers the node, and works until aborted. Rejects if the API server refuses what it should take. */
  async run(): Promise<void> {
    const { api, signal } = this.#options;
    const failures = new AbortController();
    accepted(await api.create('/api/v1/nodes', nodeOf(NODE)));
    const ends = AbortSignal.any([signal, failures.signal]);
    await follow(api, '/api/v1/pods', ends, async ({ object, isDeleted }) => {
      const pod = object as unknown as Pod;
      if (isDeleted) this.#running.get(pod.metadata.uid)?.kill();
      else await this.#see(pod, (error) => failures.abort(error));
    });
    if (failures.signal.aborted) throw failures.signal.reason;
  }

  /** The folder of a claim: what its volume would be. */
  claimFolder(namespace: string, claim: string): string {
    return this.#options.place.folder(path.join('claims', namespace, claim));
  }

  async #see(pod: Pod, fail: (error: unknown) => void): Promise<void> {
    const { uid, deletionTimestamp } = pod.metadata;
    const running = this.#running.get(uid);
    if (deletionTimestamp !== undefined) {
      // A kubelet would ask first; the shell of a container does not listen, and is killed when its time is up.
      if (running !== undefined) running.kill();
      else await this.#remove(pod);
    } else if (pod.spec.nodeName === undefined) {
      if (!this.#bound.has(uid)) await this.#bind(pod);
    } else if (pod.status?.phase === 'Pending' && !this.#started.has(uid)) {
      this.#start(pod).catch(fail);
    }
  }

  async #bind(pod: Pod): Promise<void> {
    this.#bound.add(pod.metadata.uid);
    const answer = await this.#options.api.create(`${pathOf(pod)}/binding`, {
      ...{ apiVersion: 'v1', kind: 'Binding', metadata: { name: pod.metadata.name } },
      target: { apiVersion: 'v1', kind: 'Node', name: NODE },
    });
    expectTaken(answer);
  }

  /** Runs the pod to its end. */
  async #start(pod: Pod): Promise<void> {
    const { place, onStarted, imageOf } = this.#options;
    const { name, namespace, uid } = pod.metadata;
    const [container] = pod.spec.containers;
    const command = commandOf(pod, imageOf(container.image), (claim) => this.claimFolder(namespace, claim));
    const running = new RunningPod(place, `${namespace}-${name}`, command);
    this.#running.set(uid, running);
    this.#started.add(uid);
    onStarted(pod, running);
    await this.#report(pod, 'Running', { running: { startedAt: running.startedAt } });
    const { exitCode, ...times } = await running.ended;
    this.attempts.push({ pod, exitCode, output: running.output });
    const reason = exitCode === 0 ? 'Completed' : 'Error';
    const phase = exitCode === 0 ? 'Succeeded' : 'Failed';
    await this.#report(pod, phase, { terminated: { exitCode, reason, ...times } });
    this.#running.delete(uid);
    const now = await this.#options.api.get(pathOf(pod));
    if (now.body.metadata?.uid === uid && now.body.metadata.deletionTimestamp !== undefined) {
      await this.#remove(pod);
    }
  }

  /** The pod was deleted and no process is left: the API server may forget it. */
  async #remove(pod: Pod): Promise<void> {
    expectTaken(
      await this.#options.api.request('DELETE', pathOf(pod), {
        ...{ apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: 0 },
        preconditions: { uid: pod.metadata.uid },
      }),
    );
  }

  async #report(pod: Pod, phase: string, state: object): Promise<void> {
    const [{ name, image }] = pod.spec.containers;
    const ready = phase === 'Running';
    const status = { name, image, imageID: image, ready, started: ready, restartCount: 0, state };
    // Merged by type, so that a condition of the eviction stays.
    const conditions = [{ type: 'Ready', status: ready ? 'True' : 'False' }];
    const { uid } = pod.metadata;
    expectTaken(
      await this.#options.api.patch(`${pathOf(pod)}/status`, 'strategic', {
        metadata: { uid },
        status: { phase, conditions, containerStatuses: [status] },
      }),
    );
  }
}

/** A pod may be gone by the time that something is reported of it; every other refusal is an error. */
function expectTaken(answer: Answer): void {
  if (answer.code !== GONE && answer.code !== CONFLICT) accepted(answer);
}

function pathOf({ metadata: { namespace, name } }: Pod): string {
  return `/api/v1/namespaces/${namespace}/pods/${name}`;
}

function nodeOf(name: string): ApiObject {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name } };
}
