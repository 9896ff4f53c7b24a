/**
 * Finds or builds the real programs while the unit tests run. It waits for none: a test file that needs one
 * waits for it. The lock of the cache makes sure that each is built once.
 */
import {
  actionlintTool,
  clientv3Tool,
  composeConfigTool,
  etcdctlTool,
  etcdTool,
  etcdToolOf,
  recipesTool,
  toxiproxyTool,
} from '../../sim/backend/real/tools.js';
import { provision } from '../../sim/backend/real/provision.js';

const others = [etcdToolOf('3.5'), etcdToolOf('3.7')];
const own = [actionlintTool, composeConfigTool, etcdctlTool, clientv3Tool, recipesTool];

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

export default function setup(): () => Promise<void> {
  const end = new AbortController();
  const provideAll = async (): Promise<void> => {
    for (const tool of [etcdTool, toxiproxyTool, ...others, ...own]) {
      const provided = await provision(tool, { env: process.env, progress: tell, signal: end.signal });
      if (provided.kind === 'found') continue;
      tell(`the tests that need ${tool.title} are skipped: ${provided.message}`);
    }
  };
  const providing = provideAll().catch((error: unknown) => {
    if (!end.signal.aborted) throw error;
  });
  return async () => {
    end.abort();
    await providing;
  };
}
