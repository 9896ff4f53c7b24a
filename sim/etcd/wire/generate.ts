/**
 * Generates the code that writes a message and the code that makes an empty one, as protobuf compilers do. A loop over
 * the fields would look up each by its name, which took a tenth of a run. Invariant: it writes what such a loop would.
 */
import type { Kind } from './layout.js';
import type { WireWriter } from './writer.js';

/** The facts needed to write a field. */
export interface WrittenField {
  readonly key: string;
  readonly number: number;
  readonly kind: Kind<never>;
  readonly repeated: boolean;
  readonly initial: unknown;
}

type Write = (writer: WireWriter, value: object) => void;

/**
 * Writes the fields of a message, the last one first.
 *
 * @param writeRepeated writes all values of a field
 */
export function generateWriter(
  fields: readonly WrittenField[],
  writeRepeated: (writer: WireWriter, field: WrittenField, contents: readonly never[]) => void,
): Write {
  const statements = fields.map(({ key, number, kind, repeated }, index) => {
    const content = `value[${JSON.stringify(key)}]`;
    const write = repeated
      ? `writeRepeated(writer, fields[${index}], content);`
      : `kind${index}.write(writer, content); writer.varint(${number * 8 + kind.wireType});`;
    return `content = ${content}; if (content !== undefined && content !== initial${index}) { ${write} }`;
  });
  const kinds = fields.map((_, index) => `const kind${index} = fields[${index}].kind;`);
  const initials = fields.map((_, index) => `const initial${index} = fields[${index}].initial;`);
  const body = `let content; ${statements.reverse().join('\n')}`;
  return generate<Write>(
    `${kinds.join('\n')}\n${initials.join('\n')}\nreturn (writer, value) => { ${body} };`,
    { fields, writeRepeated },
  );
}

/** Makes a message whose fields have their initial values. */
export function generateFresh(initial: Readonly<Record<string, unknown>>): () => Record<string, unknown> {
  const keys = Object.keys(initial).map((key) => JSON.stringify(key));
  const values = keys.map((key, index) => `const initial${index} = initial[${key}];`);
  const entries = keys.map((key, index) => `${key}: initial${index}`);
  return generate<() => Record<string, unknown>>(
    `${values.join('\n')}\nreturn () => ({ ${entries.join(', ')} });`,
    { initial },
  );
}

function generate<T>(source: string, given: Readonly<Record<string, unknown>>): T {
  // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call -- made of field names
  return new Function(...Object.keys(given), `'use strict'; ${source}`)(...Object.values(given)) as T;
}
