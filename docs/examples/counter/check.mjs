// Checks the counter from a program: many seeds, then the smallest failing run, why it fails, and a report on disk.
import { check, writeReport } from 'etcd-sim/sim';
import config from './sim.config.mjs';

const report = await check(config.scenarios[0], { seeds: 50 });
const written = await writeReport(report, process.argv[2] ?? 'reports');
const [failure] = report.failures;
console.log(`${report.outcome}: ${failure.smallest.explanation.sentence}`);
console.log(`seed ${failure.seeds[0]}, ${failure.signature}, report ${written.page}`);
process.exitCode = report.outcome === 'satisfied' ? 0 : 1;
