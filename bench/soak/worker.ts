/** A process that does nothing but soak: told a job, it answers with what came of it, until it is disconnected. */
import { scenarios } from '../../scenarios/index.js';
import { answerJobs } from '../pool.js';
import { soak, type SoakJob } from './job.js';

answerJobs((job: SoakJob) => soak(job, scenarios));
