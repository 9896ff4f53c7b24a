/**
 * `npm run e2e:kubernetes`: the manifests of deploy/kubernetes on Kubernetes' own API server and Job
 * controller, with `sim serve` as their etcd. Exits 1 if anything is not as it must be. stdout is one line for
 * each round and a summary; stderr is progress.
 */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Agent } from '../agent/agent.js';
import { runCommand, type CommandHost } from '../command.js';
import type { Place } from '../place.js';
import { SIM, startApiServer, startControllerManager, startSimServe } from '../servers.js';
import { Killer } from './killer.js';
import { claimManifest, imageOf } from './manifests.js';
import { rounds, type Round } from './rounds.js';
import { runRound, type RoundHost } from './run-round.js';

await runCommand('e2e:kubernetes', async (host) => {
  const { place, signal, kubernetes, tell } = host;
  const { api, agent, killer, agentRuns } = await startCluster(host);
  let isWell = true;
  for (const round of rounds) {
    tell(`${round.name}: ${round.description}`);
    const wrong = await Promise.race([
      runRound(round, { api, place, agent, killer, signal, tell }),
      agentRuns,
    ]);
    console.log(describe(round, { agent, killer }, wrong));
    isWell &&= wrong.length === 0;
  }
  const verdict = isWell ? 'every sweep was as on one machine' : 'not every sweep was as it must be';
  const seconds = Math.round(host.secondsSinceStart());
  console.log(`Kubernetes ${kubernetes.version} on sim serve: ${verdict} (${seconds} s)`);
  return isWell;
});

/** Starts the servers and the agent. `agentRuns` rejects if the agent fails. */
async function startCluster({ place, signal, kubernetes, tell }: CommandHost) {
  const program = kubernetes.path;
  tell('starting sim serve');
  const etcd = await startSimServe(place);
  tell(`starting the API server of Kubernetes ${kubernetes.version} on it`);
  const { api, kubeconfig } = await startApiServer(place, { name: 'api-server', program, etcd });
  tell('starting the controller manager');
  await startControllerManager(place, { program, kubeconfig });

  const end = new AbortController();
  place.atEnd(() => end.abort());
  const image = imageOf(projectIn(place));
  const claim = claimManifest().metadata?.name ?? '';
  const killer = new Killer(new Map(rounds.map(({ name, kills }) => [name, kills])), api, tell);
  let failed: (error: unknown) => void = () => undefined;
  const failure = new Promise<never>((_, reject) => (failed = reject));
  const agent = new Agent({
    ...{ api, place, signal: AbortSignal.any([signal, end.signal]), imageOf: () => image },
    onStarted(pod, running) {
      killer.attack(pod, running, agent.claimFolder(pod.metadata.namespace, claim)).catch(failed);
    },
  });
  agent.run().catch(failed);
  failure.catch(() => undefined);
  return { api, agent, killer, agentRuns: failure };
}

function describe(
  round: Round,
  { agent, killer }: Pick<RoundHost, 'agent' | 'killer'>,
  wrong: readonly string[],
): string {
  const pods = agent.attempts.filter(({ pod }) => pod.metadata.namespace === round.name).length;
  const killed = killer.killed.filter((one) => one.round === round.name).length;
  const verdict = wrong.length === 0 ? 'ok   ' : 'WRONG';
  const line = `${verdict} ${round.description}: ${pods} pods ran, ${killed} of them were killed`;
  return [line, ...wrong.map((one) => `      ${one}`)].join('\n');
}

/** A project's folder as the image has it: the command at its place in node_modules. */
function projectIn(place: Place): string {
  const project = place.folder('project');
  const bin = path.join(project, 'node_modules/.bin');
  mkdirSync(bin, { recursive: true });
  const command = path.join(bin, 'sim');
  writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" "${SIM}" "$@"\n`);
  chmodSync(command, 0o755);
  return project;
}
