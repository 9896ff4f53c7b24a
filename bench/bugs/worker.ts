/** A process that only measures: for each cell it answers with the measurement, until it is disconnected. */
import { answerJobs } from '../pool.js';
import { measure } from './measure.js';

// A node of a finished baseline run may still be waiting; here that is ignored, while a test framework would
// report it.
process.on('unhandledRejection', () => undefined);

answerJobs(measure);
