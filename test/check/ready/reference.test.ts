/** The reference of each ready-made check has an example, its options, and its limits. */

import { describe, expect, it } from 'vitest';
import { checks, type ReadyCheckName } from '../../../sim/check/ready/index.js';
import { readyReference } from '../../../sim/check/ready/reference.js';

it('there is an entry for each check, in their order', () => {
  expect(Object.keys(readyReference)).toEqual(Object.keys(checks));
});

describe.each(Object.keys(checks) as ReadyCheckName[])('%s', (name) => {
  const entry = () => readyReference[name];

  it('says in sentences what must hold and what stays unseen', () => {
    expect(entry().demands).toMatch(/^[A-Z].{20,}\.$/);
    expect(entry().cannotSee).toMatch(/^[A-Z].{20,}\.$/);
  });

  it('has an example that makes the check', () => {
    const { example } = entry();
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the page's code, as a reader would run it
    const made = new Function('checks', `return ${example}`) as (all: unknown) => unknown;
    expect(made(checks)).toHaveProperty('check');
    expect(example).toMatch(new RegExp(`^checks\\.${name}\\(\\{.*\\}\\);$`, 's'));
  });

  it('says of each option what it is', () => {
    for (const [option, meaning] of Object.entries(entry().options)) {
      expect(option).not.toBe('');
      expect(meaning, option).toMatch(/\w{2,}/);
    }
  });
});

it.each([
  ['fifoQueue', ['item', 'taken', 'queue', 'left']],
  ['mutualExclusion', ['acquire, release', 'holder', 'acquired', 'key', 'fencing', 'toldWithinSeconds']],
  ['semaphore', ['acquire, release', 'holder', 'acquired', 'key', 'toldWithinSeconds']],
  ['readWriteLock', ['key', 'toldWithinSeconds']],
  ['fencing', ['accepted', 'place']],
  ['barrier', ['hold', 'barrier']],
  ['doubleBarrier', ['quit', 'barrier', 'lingers']],
  ['oneLeader', ['campaign, resign', 'leader', 'known', 'election', 'toldWithinSeconds']],
  ['register', ['key', 'value', 'found', 'expected', 'swapped', 'initial']],
  ['strictSerializable', ['writes', 'keys']],
  ['conservedSum', ['amount']],
  ['exactlyOnce', ['effect', 'id']],
  ['noLostUpdate', ['read', 'by']],
  ['monotonicReads', ['found', 'version', 'session']],
  ['watchGuarantees', ['from', 'onlyPuts', 'bookmarks', 'resumedBefore']],
  ['eventuallyEqual', ['of', 'state', 'withinMs']],
] as const)('%s has the options that its example does not show', (name, options) => {
  expect(Object.keys(readyReference[name].options)).toEqual(options);
});

it('locks share the words for their common options', () => {
  const { mutualExclusion, semaphore, readWriteLock } = readyReference;
  const { fencing, ...shared } = mutualExclusion.options;
  expect(fencing).toMatch(/token/);
  expect(semaphore.options).toEqual(shared);
  expect(shared).toMatchObject(readWriteLock.options);
});
