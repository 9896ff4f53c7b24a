/** Provides etcd and Toxiproxy once, before any test starts, so that the tests find them in the cache. */
import { etcdTool, toxiproxyTool } from '../../sim/backend/real/tools.js';
import { provide } from './provide.js';

export default async function setup(): Promise<void> {
  for (const tool of [etcdTool, toxiproxyTool]) {
    const provided = await provide(tool, (line) => void process.stderr.write(`${line}\n`));
    if (provided.kind === 'unavailable') {
      process.stderr.write(`the tests against real etcd are skipped: ${provided.message}\n`);
      return;
    }
  }
}
