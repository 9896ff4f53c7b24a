/** Provides the real programs once, before any test starts, so that the tests find them in the cache. */
import {
  clientv3Tool,
  composeConfigTool,
  etcdctlTool,
  etcdTool,
  etcdToolOf,
  toxiproxyTool,
} from '../../sim/backend/real/tools.js';
import { provide } from './provide.js';

const others = [etcdToolOf('3.5'), etcdToolOf('3.7')];

export default async function setup(): Promise<void> {
  for (const tool of [etcdTool, toxiproxyTool, composeConfigTool, etcdctlTool, clientv3Tool, ...others]) {
    const provided = await provide(tool, (line) => void process.stderr.write(`${line}\n`));
    if (provided.kind === 'found') continue;
    process.stderr.write(`the tests that need ${tool.title} are skipped: ${provided.message}\n`);
  }
}
