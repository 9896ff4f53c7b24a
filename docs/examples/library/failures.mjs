import assert from 'node:assert/strict';
import { check, explain, formatRepro, readRepro, replay, reproOf, shrink } from 'etcd-sim/sim';
import config from '../counter/sim.config.mjs';

const report = await check(config.scenarios[0], { seeds: 50, shrink: false, explain: false });
const { result } = report.failures[0];
const file = formatRepro(reproOf(result, report.budget)); // JSON: keep it with your code

const repro = readRepro(file, config.scenarios);
const again = await replay(repro);
assert(again.isFaithful);
assert.equal(again.result.trace.hash, result.trace.hash);

const small = await shrink(repro, { maxRuns: 200 });
assert(small.result.operations.length < result.operations.length);

const reason = await explain(readRepro(formatRepro(small.repro), config.scenarios));
console.log(`${reason.sentence}, in a run of ${reason.size}`);
