/** A process that does nothing but measure: told a cell, it answers with the measurement, until it is disconnected. */
import { answerJobs } from '../pool.js';
import { measure } from './measure.js';

// What a node of a finished baseline run still waited for is nobody's any more; a test framework would count it.
process.on('unhandledRejection', () => undefined);

answerJobs(measure);
