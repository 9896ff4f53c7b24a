/** The command that runs one test of Vitest alone. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { vitestWords } from '../../../sim/cli/debug/timeline-of-test.js';
import { vitestCommand } from '../../../sim/harness/tests/vitest-command.js';

const names = fc.array(fc.string({ unit: 'binary', minLength: 1 }), { minLength: 1, maxLength: 3 });

/** The pattern that Vitest gets from a shell. */
function patternIn(command: string): RegExp {
  return new RegExp(vitestWords(command)?.at(-1) ?? '(?!)');
}

describe('the pattern', () => {
  it('fits the full name, of any characters, and nothing that contains it', () => {
    fc.assert(
      fc.property(names, fc.string({ minLength: 1 }), (parts, more) => {
        const pattern = patternIn(vitestCommand('a.test.ts', parts));
        const name = parts.join(' ');
        expect(pattern.test(name)).toBe(true);
        expect(pattern.test(name + more)).toBe(false);
        expect(pattern.test(more + name)).toBe(false);
      }),
    );
  });

  it('fits a line break and half of a character, in characters that can be typed', () => {
    const command = vitestCommand('a.test.ts', ['two\nlines \ud800']);
    expect(command).toMatch(/^[ -~]*$/);
    expect(patternIn(command).test('two\nlines \ud800')).toBe(true);
  });
});

it('the file may have a space and a quote', () => {
  const command = vitestCommand("it's one.test.ts", ['counts']);
  expect(vitestWords(command)).toEqual(['vitest', 'run', "it's one.test.ts", '-t', '^counts$']);
});
