import { work as step1 } from './step-1.mjs';
import { work as step2 } from './step-2.mjs';
import { work as step3 } from './step-3.mjs';
import { work as step4 } from './step-4.mjs';
import { work as step5 } from './step-5.mjs';
import { workshop } from './workshop.mjs';

export default {
  scenarios: [
    workshop('step-1', 'The lock is a key: look, then take.', step1),
    workshop('step-2', 'Look and take in one transaction.', step2),
    workshop('step-3', 'The lock has the name of its holder.', step3),
    workshop('step-4', 'The lock is held under a lease.', step4),
    workshop('step-5', 'The write compares the lock it was made under.', step5),
  ],
};
