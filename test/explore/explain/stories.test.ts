/**
 * The story of every specimen, from its repro in docs/examples/repros, has its decisive line and is short.
 * The table lists facts (actor, action, key, result), not sentences.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { scenarios, specimens } from '../../../scenarios/index.js';
import { createSimulatedBackend } from '../../../sim/backend/simulated.js';
import { explain } from '../../../sim/explore/explain/explain.js';
import { LINES_MAX } from '../../../sim/explore/explain/fold.js';
import { runPlan } from '../../../sim/harness/run-plan.js';
import { parseRepro } from '../../../sim/repro/parse-repro.js';

const folder = path.resolve(import.meta.dirname, '../../../docs/examples/repros');

/** By specimen: the facts of its story, each list in one line. */
const DECISIVE: Readonly<Record<string, readonly RegExp[]>> = {
  'bank-lost-update': [/w9-1 put .*overwrote bank\/accounts\/acc5 of revision 3.*w10-1/],
  'barrier-go': [/h1-7 ended indefinite/, /h1-8 deleted gate: there was none/, /h1-7 put gate.*never came/],
  'barrier-naive': [/h3-8 deleted gate2/, /w1-5 began to watch gate2 from revision 4/],
  'double-barrier-go': [/b3-1\.leave deleted party\/waiters\/ready/, /b1-1\.more1\.enter put .*ready/],
  'double-barrier-naive': [/b3-3\.enter read .*b1.* and .*b2/, /b2-1\.enter read .*b1.* and .*b3/],
  'election-etcd3': [
    /o2-4 (was told of|received) the deletion of election\/lead/,
    /o2-4 found nothing in election\/lead/,
  ],
  'election-go': [/c2-2\.campaign was refused .*found revision 2.*c2-1\.campaign/, /c2-2\.campaign put lead/],
  'election-naive': [/c3-2\.campaign put lead.*overwrote .*c3-1\.campaign/],
  'lease-etcd3': [/fault clock of h2 6100 ms ahead/],
  'lease-naive': [/fault h2 cut off from m1/, /etcd the lease of h2 ran out.*deleted held\/h2/],
  'mutex-etcd3': [/fault lease 2 \(of key lock\/lock, granted to u1\) revoked, which deleted lock\/lock/],
  'mutex-go': [/u3-4\.lock was refused .*found revision 2.*u3-3\.lock/],
  'mutex-go-3.4': [/u1-2\.lock was refused .*found revision 2.*u1-1\.lock/],
  'mutex-naive': [/u5-1\.lock found nothing in lock\/held/, /u3-1\.lock found nothing in lock\/held/],
  'priority-queue-go': [/p1-7 put .*overwrote .*p1-4/],
  'priority-queue-go-resend': [
    /fault all past revisions compacted/,
    /c1-5 was refused to watch q.*compacted/,
  ],
  'priority-queue-naive': [/c3-1 deleted __q\/00005/, /c1-1 deleted __q\/00005.*: there was none/],
  'queue-go': [/c1-4 deleted q\/x/],
  'queue-go-resend': [
    /fault all but the last 1 revisions compacted/,
    /c1-4 was refused to watch q.*compacted/,
  ],
  'queue-naive': [/c1-1 deleted q\/1/, /c1-2 deleted q\/1.*: there was none/],
  'register-etcd3': [
    /fault connection from m1 to c1 cut/,
    /c1-10 put r1; the answer never came/,
    /c1-10 put r1$/,
  ],
  'register-serializable': [/fault m3 applies 20 ms late/, /c4-12 read that r1 was not there/],
  'rw-mutex-go': [/u3-2\.unlock revoked its lease, which deleted rw\/write/],
  'stm-applied-twice': [/fault connection of w1 to m1 reset/, /w1-24 was refused .*found 3.*w1-24/],
  'transactions-etcd3': [/w3-1 put k1, k2; the answer never came/, /w3-1 put k1, k2$/],
  'transactions-read-committed': [/w3-4 read that k1 was not there/, /w4-1 put .*k3, k1/],
  'watch-etcd3': [/o3-3 began to watch k\* from revision 9/, /w1-end put k,/],
  'watch-naive': [/w2-14 put .*k,/, /o2-2 received k of revision 9/],
};

async function storyOf(file: string): Promise<readonly string[]> {
  const parsed = parseRepro(readFileSync(path.join(folder, file), 'utf8'), [...scenarios, ...specimens]);
  if (parsed.kind !== 'ok') throw new Error(`expected a repro, got ${file}: ${parsed.message}`);
  const { repro, scenario } = parsed.value;
  const { signal } = new AbortController();
  const failure = await runPlan({
    ...{ scenario, plan: repro.plan, budget: repro.budget, backend: createSimulatedBackend() },
    ...{ stacks: false, replay: '', signal, recordCalls: true },
  });
  const { past = [] } = await explain({ failure, run: () => Promise.resolve(failure), maxRuns: 0, signal });
  return past.map(({ node, operation, text }) => `${operation ?? node} ${text}`);
}

describe('the story of', () => {
  const files = readdirSync(folder);
  const lengths: number[] = [];

  it.each(files)('%s has its decisive line', async (file) => {
    const story = await storyOf(file);
    lengths.push(story.length);
    const facts = DECISIVE[path.basename(file, '.json')];
    expect(facts, 'a row of the table').toBeDefined();
    for (const fact of facts ?? []) {
      expect({ fact, story, isThere: story.some((line) => fact.test(line)) }).toMatchObject({
        isThere: true,
      });
    }
    expect(story.length).toBeLessThanOrEqual(LINES_MAX);
  });

  it('the median specimen has at most 8 lines', () => {
    expect(lengths).toHaveLength(files.length);
    expect(lengths.sort((left, right) => left - right)[Math.floor(lengths.length / 2)]).toBeLessThanOrEqual(
      8,
    );
  });
});
