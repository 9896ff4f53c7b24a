/** Text for people: what others wrote, such as a value in etcd, must not steer the terminal that shows it. */

/** Characters that a terminal acts on: controls, line separators, marks of direction. */
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

const QUOTED_LENGTH_MAX = 60;

/** The text on one line, with escapes in place of what a terminal acts on. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => {
    if (character === '\n') return '\\n';
    if (character === '\t') return '\\t';
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** The text in double quotes, cut if it is long. */
export function quote(text: string): string {
  const cut = text.length > QUOTED_LENGTH_MAX ? `${text.slice(0, QUOTED_LENGTH_MAX)}…` : text;
  return `"${printable(cut)}"`;
}
