import { createEtcd } from 'etcd-sim/sim';

const etcd = createEtcd();
const client = etcd.client();
await client.put('greeting').value('hello');
console.log(await client.get('greeting').string());
etcd.close();
