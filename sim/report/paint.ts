/**
 * The few colours of text output, each named by its meaning. An argument decides whether there is colour,
 * never the process: on some versions of Node.js `util.styleText` looks at the process's own stdout.
 */

export interface Paint {
  strong(text: string): string;
  quiet(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  unsure(text: string): string;
}

const plain: Paint = {
  strong: (text) => text,
  quiet: (text) => text,
  good: (text) => text,
  bad: (text) => text,
  unsure: (text) => text,
};

/** Select Graphic Rendition (ECMA-48, 8.3.117): how a colour begins and ends. */
const sgr = (begin: string, end: string) => (text: string) =>
  text === '' ? '' : `\x1b[${begin}m${text}\x1b[${end}m`;

const colored: Paint = {
  strong: sgr('1', '22'),
  quiet: sgr('2', '22'),
  good: sgr('32', '39'),
  bad: sgr('31', '39'),
  unsure: sgr('33', '39'),
};

export function createPaint(color: boolean): Paint {
  return color ? colored : plain;
}

/**
 * Whether output should be coloured: `NO_COLOR` (no-color.org) forbids it and `FORCE_COLOR` other than `0`
 * forces it. Otherwise a terminal that is not dumb has it. An empty variable counts as unset.
 */
export function wantsColor(
  output: { readonly isTTY: boolean },
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  const given = (name: string) => env[name] ?? '';
  if (given('NO_COLOR') !== '') return false;
  if (given('FORCE_COLOR') !== '') return given('FORCE_COLOR') !== '0' && given('FORCE_COLOR') !== 'false';
  return output.isTTY && given('TERM') !== 'dumb';
}
