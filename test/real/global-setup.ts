/** Provides the real programs once, before any test starts, so that the tests find them in the cache. */
import {
  clientv3Tool,
  composeConfigTool,
  etcdctlTool,
  etcdTool,
  etcdToolOf,
  recipesTool,
  toxiproxyTool,
} from '../../sim/backend/real/tools.js';
import { provide } from './provide.js';

const others = [etcdToolOf('3.5'), etcdToolOf('3.7')];

export default async function setup(): Promise<void> {
  const own = [composeConfigTool, etcdctlTool, clientv3Tool, recipesTool];
  for (const tool of [etcdTool, toxiproxyTool, ...own, ...others]) {
    const provided = await provide(tool, (line) => void process.stderr.write(`${line}\n`));
    if (provided.kind === 'found') continue;
    process.stderr.write(`the tests that need ${tool.title} are skipped: ${provided.message}\n`);
  }
}
