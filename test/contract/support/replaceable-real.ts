/** The same of real processes. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EtcdMembers } from '../../../sim/backend/real/etcd-members.js';
import { Reaper } from '../../../sim/backend/real/reaper.js';
import { etcdTool } from '../../../sim/backend/real/tools.js';
import { UnexpectedExits } from '../../../sim/backend/real/unexpected-exits.js';
import { provide } from '../../real/provide.js';
import { MEMBERS } from './cluster-target.js';
import { RawEtcd } from './raw-etcd.js';
import type { ReplaceableTarget } from './replaceable-cluster.js';

export const replaceableReal: ReplaceableTarget = {
  name: 'real etcd',
  async start() {
    const program = await provide(etcdTool, () => undefined);
    if (program.kind === 'unavailable') throw new Error(program.message);
    const directory = mkdtempSync(join(tmpdir(), 'etcd-sim-'));
    const reaper = new Reaper(directory);
    const members = await EtcdMembers.start({
      ...{ names: MEMBERS, path: program.path, flags: ['--unsafe-no-fsync'], directory, reaper },
      unexpectedExits: new UnexpectedExits(),
      env: process.env,
    });
    return {
      connect: (name) =>
        new RawEtcd({
          host: members.url(name),
          grpcOptions: { 'grpc.use_local_subchannel_pool': 1, 'grpc.enable_http_proxy': 0 },
        }),
      hasEnded: (name) => !members.isRunning(name),
      join(name, initialCluster) {
        members.renew(name, initialCluster);
        members.start(name);
      },
      async close() {
        await members.kill();
        await reaper.close();
      },
    };
  },
};
