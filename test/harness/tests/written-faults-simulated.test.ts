/** Faults that a test writes as data, on the simulated backend: the contract, and what only it can do. */
import { describe, expect, it } from 'vitest';
import { createSimulatedBackend } from '../../../sim/backend/simulated.js';
import { describeWrittenFaults, faultsOfProcesses, tellProcesses } from './written-faults-contract.js';

describe('written faults, simulated', () => {
  describeWrittenFaults(createSimulatedBackend);

  it('pause a process and move its clock', async () => {
    const records = await tellProcesses(createSimulatedBackend());
    expect(records.map(({ kind }) => kind)).toEqual(faultsOfProcesses.map(({ kind }) => kind));
    expect(records.filter(({ hits }) => hits === 0)).toEqual([]);
  });
});
