import assert from 'node:assert/strict';
import { check, explain, formatRepro, loadScenario, readRepro, reproOf } from 'etcd-sim/sim';

const counter = await loadScenario(new URL('../counter/sim.config.mjs', import.meta.url), 'counter');
const report = await check(counter, { seeds: 50, workers: 2 });
const [{ smallest }] = report.failures;

const repro = readRepro(formatRepro(reproOf(smallest, report.budget)), [counter]);
const { sentence } = await explain(repro, { workers: 2 });
assert.equal(sentence, smallest.explanation.sentence);
