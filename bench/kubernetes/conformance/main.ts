/**
 * `npm run conformance:kubernetes`: Kubernetes' API server gives the same answers on `sim serve` and on a real
 * etcd. Exits 1 if it does not. stdout is the transcript, and how the comparison ended.
 */
import { runCommand } from '../command.js';
import { compareWithEtcd } from './compare.js';

await runCommand('conformance:kubernetes', async ({ place, kubernetes, tell, secondsSinceStart }) => {
  const { real, lines, difference } = await compareWithEtcd(place, { program: kubernetes.path, tell });
  for (const line of lines) console.log(line);
  const seconds = Math.round(secondsSinceStart());
  const what = `Kubernetes ${kubernetes.version} on sim serve and on ${real}`;
  if (difference === undefined) {
    console.log(`${what}: ${lines.length} answers are the same (${seconds} s)`);
    return true;
  }
  console.log(`${what}: line ${difference.line} differs (${seconds} s)`);
  console.log(`  sim serve  ${difference.one}`);
  console.log(`  etcd       ${difference.other}`);
  return false;
});
