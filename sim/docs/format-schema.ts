/** JSON Schema as a file. Invariant: it is formatted as Prettier would. */

const LINE_LENGTH_MAX = 110;

export function formatSchema(schema: object): string {
  return `${format(schema, '', '')}\n`;
}

/** JSON as Prettier writes it: a list of words on one line where it fits. */
function format(value: unknown, margin: string, name: string): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${margin}  `;
  if (Array.isArray(value)) {
    const line = `[${value.map((item) => JSON.stringify(item)).join(', ')}]`;
    const fits = margin.length + name.length + line.length < LINE_LENGTH_MAX;
    if (fits && value.every((item) => typeof item !== 'object')) return line;
    return `[\n${value.map((item) => inner + format(item, inner, '')).join(',\n')}\n${margin}]`;
  }
  const lines = Object.entries(value).map(([key, part]) => {
    const head = `${JSON.stringify(key)}: `;
    return inner + head + format(part, inner, head);
  });
  return lines.length === 0 ? '{}' : `{\n${lines.join(',\n')}\n${margin}}`;
}
