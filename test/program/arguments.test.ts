import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../src/program/arguments.js';

describe('the arguments of recipe', () => {
  const settings = { addresses: ['http://127.0.0.1:2379'], name: undefined, count: 2 };

  it('need no more than a program', () => {
    expect(parseArguments(['queue'])).toEqual({ kind: 'run', program: 'queue', settings });
  });

  it.each([
    [['--addr', 'http://10.0.0.1:1234']],
    [['-addr', 'http://10.0.0.1:1234']],
    [['--addr=http://10.0.0.1:1234']],
    [['-addr=http://10.0.0.1:1234']],
    [['-addr', '10.0.0.1:1234']],
    [['-addr', 'http://other:1', '-addr', '10.0.0.1:1234/']],
  ])('accept flags as Go does: %j', (flags) => {
    const addresses = ['http://10.0.0.1:1234'];
    const expected = { kind: 'run', program: 'queue', settings: { ...settings, addresses } };
    expect(parseArguments(['queue', ...flags])).toEqual(expected);
    expect(parseArguments([...flags, 'queue'])).toEqual(expected);
  });

  it('name several addresses by comma', () => {
    const given = parseArguments(['bank', '-addr', 'http://a:1, b:2,[::1]:3']);
    expect(given).toMatchObject({ settings: { addresses: ['http://a:1', 'http://b:2', 'http://[::1]:3'] } });
  });

  it('name the queue, with any characters in the name', () => {
    expect(parseArguments(['queue', '--name', 'a=b'])).toMatchObject({ settings: { name: 'a=b' } });
    expect(parseArguments(['queue', '--name=-addr'])).toMatchObject({ settings: { name: '-addr' } });
    expect(parseArguments(['queue', '--name=a=b'])).toMatchObject({ settings: { name: 'a=b' } });
  });

  it.each([[['-c', '3']], [['--count', '3']], [['-count=3']], [['--c=3']]])(
    'set how many enter a double barrier: %j',
    (flags) => {
      expect(parseArguments(['double-barrier', ...flags])).toMatchObject({ settings: { count: 3 } });
    },
  );

  it.each([[['help']], [['--help']], [['-h']], [['queue', '-help']]])('request help: %j', (words) => {
    expect(parseArguments(words)).toEqual({ kind: 'help' });
  });

  it.each([
    [[], 'expected a program: queue, priority-queue,'],
    [['que'], 'unknown program "que": expected queue, priority-queue,'],
    [['queue', 'jobs'], 'unexpected argument "jobs" after queue'],
    [['queue', '--adr', 'x'], "'--adr'"],
    [['queue', '--a\u001b[31m\n'], "'--a\\u001b[31m "],
    [['queue', '---addr', 'x'], "'---addr'"],
    [['queue', '--addr'], '--addr'],
    // A word after a flag without a value is more often another flag than a value that begins with a dash.
    [['queue', '--name', '-addr', 'a:1'], '--name'],
    [['queue', '--name', '-a=b'], '--name=-'],
    [['queue', '--addr', ''], '--addr: expected addresses such as http://127.0.0.1:2379'],
    [['queue', '-addr=localhost'], '--addr: expected addresses such as http://127.0.0.1:2379'],
    [['queue', '-addr', 'http://a:65536'], '--addr: expected addresses'],
    [['queue', '-addr', 'ftp://a:1'], '--addr: expected addresses'],
    [['queue', '-addr', 'http://a:1,'], '--addr: expected addresses'],
    [['queue', '-addr', 'http://a:1,https://b:1'], '--addr: expected all addresses with https or none'],
    [['queue', '-name='], '--name: expected a name, got ""'],
    [['queue', '-c', '2'], '--count is a flag of double-barrier, not of queue'],
    [['double-barrier', '-c', '0'], '--count: expected a whole number of at least 1, got "0"'],
    [['double-barrier', '--count=two'], '--count: expected a whole number of at least 1, got "two"'],
    [['double-barrier', '-c', '1e3'], '--count: expected a whole number of at least 1, got "1e3"'],
    [['queue', '\u001b[31m\n'], 'unexpected argument "\\u001b[31m\\n" after queue'],
  ])('are refused in one line: %j', (words, message) => {
    const given = parseArguments(words);
    expect(given).toEqual({ kind: 'wrong', message: expect.stringContaining(message) as string });
    expect(given.kind === 'wrong' && given.message).toMatch(/^[^\u0000-\u001f]*$/);
  });
});
