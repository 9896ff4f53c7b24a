/** The small tools of text output: colours, quantities, wrapping. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatRows, indent, wrapText } from '../../sim/report/layout.js';
import { createPaint, wantsColor } from '../../sim/report/paint.js';
import { formatCount, formatDuration, formatRate, formatTime } from '../../sim/report/quantities.js';

describe('whether to colour', () => {
  const terminal = { isTTY: true };
  const pipe = { isTTY: false };

  it('colours a terminal and nothing else', () => {
    expect(wantsColor(terminal, {})).toBe(true);
    expect(wantsColor(pipe, {})).toBe(false);
    expect(wantsColor(terminal, { TERM: 'dumb' })).toBe(false);
  });

  it('obeys NO_COLOR before FORCE_COLOR, and neither when empty', () => {
    expect(wantsColor(terminal, { NO_COLOR: '1' })).toBe(false);
    expect(wantsColor(terminal, { NO_COLOR: '1', FORCE_COLOR: '1' })).toBe(false);
    expect(wantsColor(terminal, { NO_COLOR: '' })).toBe(true);
    expect(wantsColor(pipe, { FORCE_COLOR: '' })).toBe(false);
  });

  it('lets FORCE_COLOR colour a pipe, and forbid colour as 0', () => {
    expect(wantsColor(pipe, { FORCE_COLOR: '1' })).toBe(true);
    expect(wantsColor(terminal, { FORCE_COLOR: '0' })).toBe(false);
  });

  it('leaves an empty text without escape codes', () => {
    expect(createPaint(true).bad('')).toBe('');
  });
});

describe('quantities', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1000, '1,000'],
    [1234567, '1,234,567'],
    [-1234, '-1,234'],
    [1234.5678, '1,234.5678'],
  ])('writes the count %d as %s', (count, text) => expect(formatCount(count)).toBe(text));

  it.each([
    [0, '0 ms'],
    [0.42, '0.42 ms'],
    [9.994, '9.99 ms'],
    [9.996, '10.0 ms'],
    [99.96, '100 ms'],
    [999.4, '999 ms'],
    [999.6, '1.00 s'],
    [59_990, '59.99 s'],
    [59_996, '1 min 0 s'],
    [600_000, '10 min 0 s'],
  ])('writes the duration %d ms as %s', (durationMs, text) => expect(formatDuration(durationMs)).toBe(text));

  it('writes a point in time with its microseconds', () => {
    expect(formatTime(412_318)).toBe('412.318 ms');
    expect(formatTime(1_002_500)).toBe('1,002.500 ms');
  });

  it('gives small rates a decimal and no rate without time', () => {
    expect(formatRate(5, 2000)).toBe('2.5');
    expect(formatRate(5000, 1000)).toBe('5,000');
    expect(formatRate(5, 0)).toBe('0');
  });
});

describe('wrapping', () => {
  it('loses no word and breaks only lines that would be too long', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 }),
        fc.integer({ min: 1, max: 40 }),
        (words, width) => {
          const lines = wrapText(words.join(' '), width);
          expect(lines.join(' ')).toBe(words.join(' '));
          for (const line of lines) expect(line.length <= width || !line.includes(' ')).toBe(true);
          lines.slice(1).forEach((line, index) => {
            const first = line.split(' ')[0] ?? '';
            expect((lines[index] ?? '').length + 1 + first.length).toBeGreaterThan(width);
          });
        },
      ),
    );
  });

  it('hangs the lines after the first', () => {
    expect(indent('one two three four five six seven', { width: 30, margin: 2, hanging: 2 })).toEqual([
      '  one two three four five',
      '    six seven',
    ]);
  });
});

describe('rows', () => {
  it('aligns numbers of all groups to the right in one column and begins texts where it begins', () => {
    const groups = [
      [{ label: 'a', value: '5' }],
      [
        { label: 'longer', value: '1,000', note: 'a note' },
        { label: 'hash', value: 'abcdef' },
      ],
    ];
    expect(formatRows(groups, { width: 80, margin: 2 }, (text) => `(${text})`)).toEqual([
      ['  a            5'],
      ['  longer   1,000   (a note)', '  hash     abcdef'],
    ]);
  });

  it('wraps a long text under its own column', () => {
    const [lines] = formatRows(
      [[{ label: 'x', value: '1', note: 'word '.repeat(12).trim() }]],
      { width: 40, margin: 0 },
      String,
    );
    expect(lines).toEqual(['x   1   word word word word word word', '        word word word word word word']);
  });
});
