/** Values as TypeScript for a test: only the fields that are set, including symbols. */

/** The value as an expression; strings keep every byte. */
export function printed(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'string') return quoted(value);
  if (value instanceof Uint8Array) return quoted(Buffer.from(value).toString('latin1'));
  if (Array.isArray(value)) return `[${value.map(printed).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).filter(([, content]) => content !== undefined);
    if (fields.length === 0) return '{}';
    return `{ ${fields.map(([name, content]) => `${name}: ${printed(content)}`).join(', ')} }`;
  }
  return String(value);
}

function quoted(text: string): string {
  const escaped = text.replace(/[^\x20-\x7e]|['\\]/g, (character) =>
    character === "'" || character === '\\'
      ? `\\${character}`
      : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  return `'${escaped}'`;
}
