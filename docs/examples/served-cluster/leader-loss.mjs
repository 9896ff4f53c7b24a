import assert from 'node:assert/strict';
import { Etcd3 } from 'etcd3';
import { serveEtcd } from 'etcd-sim/sim';

const etcd = await serveEtcd({ members: 3 });
const client = new Etcd3({ hosts: [...etcd.endpoints] });
await client.put('before').value('kept');

await etcd.stopMember(etcd.leader); // its port refuses from now on
while (etcd.leader === undefined) await new Promise((resolve) => setTimeout(resolve, 50));
const another = etcd.members.indexOf(etcd.leader);
const survivor = new Etcd3({ hosts: etcd.endpoints[another] });
assert.equal(await survivor.get('before').string(), 'kept');

client.close();
survivor.close();
await etcd.close();
