/** Faults that a test writes as data, on a real etcd behind Toxiproxy: the contract, and what it refuses by name. */
import { expect, it } from 'vitest';
import { createRealBackend } from '../../../sim/backend/real.js';
import { describeReal } from '../../real/available.js';
import { describeWrittenFaults, faultsOfProcesses, tellProcesses } from './written-faults-contract.js';

const backend = () => createRealBackend({ progress: () => undefined });

describeReal('written faults on a real etcd', () => {
  describeWrittenFaults(backend);

  it('of a process are refused by name, and the run continues', async () => {
    const records = await tellProcesses(backend());
    expect(records).toHaveLength(faultsOfProcesses.length);
    for (const { text, hits } of records) {
      expect(text).toMatch(/not applied: .*all nodes share/);
      expect(hits).toBe(0);
    }
  });
});
