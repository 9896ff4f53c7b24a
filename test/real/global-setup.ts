/** Provides the real programs once, before any test starts, so that the tests find them in the cache. */
import {
  clientv3Tool,
  composeConfigTool,
  etcdctlTool,
  etcdTool,
  toxiproxyTool,
} from '../../sim/backend/real/tools.js';
import { provide } from './provide.js';

export default async function setup(): Promise<void> {
  for (const tool of [etcdTool, toxiproxyTool, composeConfigTool, etcdctlTool, clientv3Tool]) {
    const provided = await provide(tool, (line) => void process.stderr.write(`${line}\n`));
    if (provided.kind === 'found') continue;
    process.stderr.write(`the tests that need ${tool.title} are skipped: ${provided.message}\n`);
  }
}
