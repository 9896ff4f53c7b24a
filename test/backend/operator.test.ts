import { describe } from 'vitest';
import { createSimulatedBackend } from '../../sim/backend/simulated.js';
import { describeOperator } from './operator-contract.js';

describe('the operator of a simulated etcd', () => describeOperator(createSimulatedBackend));
