/** A process that only soaks: for each job it answers with the result, until it is disconnected. Its twin runs plans again. */
import { scenarios } from '../../scenarios/index.js';
import { answerJobs } from '../pool.js';
import { soak, type SoakJob } from './job.js';
import { startTwin } from './twin.js';

const second = startTwin();
answerJobs((job: SoakJob) => soak(job, scenarios, second));
