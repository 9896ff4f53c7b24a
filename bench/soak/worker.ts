/** A process that only soaks: for each job it answers with the result, until it is disconnected. */
import { scenarios } from '../../scenarios/index.js';
import { answerJobs } from '../pool.js';
import { soak, type SoakJob } from './job.js';

answerJobs((job: SoakJob) => soak(job, scenarios));
