import { describe, expect, it } from 'vitest';
import { readLine } from '../../src/program/command-line.js';
import { printable } from '../../src/program/printable.js';
import type { Command } from '../../src/program/program.js';

const [push, pop] = ['push VALUE PRIORITY', 'pop'].map((usage): Command => ({
  usage,
  waiting: '',
  givenUp: '',
  run: () => Promise.resolve(),
})) as [Command, Command];
const read = (text: string) => readLine(text, [push, pop]);

describe('a line', () => {
  it('is a command and its words, with any number of blanks in between', () => {
    expect(read('  push \t a  7 \r')).toEqual({ kind: 'command', command: push, words: ['a', '7'] });
    expect(read('pop')).toEqual({ kind: 'command', command: pop, words: [] });
  });

  it.each(['', '  ', '\t'])('without a word is nothing: %j', (text) => {
    expect(read(text)).toEqual({ kind: 'nothing' });
  });

  it.each(['quit', 'exit', ' quit '])('ends it: %j', (text) => {
    expect(read(text)).toEqual({ kind: 'end' });
  });

  it.each([
    ['push', 'expected push VALUE PRIORITY, got "push"'],
    ['push a', 'expected push VALUE PRIORITY, got "push a"'],
    ['push a 1 2', 'expected push VALUE PRIORITY, got "push a 1 2"'],
    ['pop a', 'expected pop, got "pop a"'],
    ['Pop', 'unknown command "Pop": expected push VALUE PRIORITY, pop, quit or exit'],
  ])('that is invalid gets the expected form: %j', (text, message) => {
    expect(read(text)).toEqual({ kind: 'mistyped', message });
  });
});

describe('text of others', () => {
  it('cannot steer the terminal that shows it', () => {
    expect(printable('a\u001b[2Jb\nc\u202e\u009b')).toBe('a\\u001b[2Jb\\nc\\u202e\\u009b');
    expect(printable('ü 漢 "x"')).toBe('ü 漢 "x"');
  });
});
