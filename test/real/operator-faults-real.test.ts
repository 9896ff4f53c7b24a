import { createRealBackend } from '../../sim/backend/real.js';
import { describeOperator } from '../backend/operator-contract.js';
import { describeReal } from './available.js';

describeReal('the operator of a real etcd', () =>
  describeOperator(() => createRealBackend({ progress: () => undefined })),
);
