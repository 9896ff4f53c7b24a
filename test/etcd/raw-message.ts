/** Protobuf messages as bytes, made by hand: nested deeper than any encoder nests them. */

const NOTHING = Buffer.alloc(0);

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest & 127) | 128);
  return Buffer.from([...bytes, rest]);
}

/** A field that holds a message, bytes or text. */
export function field(number: number, body: Uint8Array): Buffer {
  return Buffer.concat([varint(number * 8 + 2), varint(body.length), body]);
}

/** Fields within fields, the outermost given first. */
function nestedFields(numbers: readonly number[], innermost: Uint8Array = NOTHING): Buffer {
  const parts = [innermost];
  let length = innermost.length;
  for (const number of numbers.toReversed()) {
    const heading = Buffer.concat([varint(number * 8 + 2), varint(length)]);
    parts.push(heading);
    length += heading.length;
  }
  return Buffer.concat(parts.reverse());
}

/** A transaction within `depth` others, as the first and only operation of each. */
export function nestedTxn(depth: number, innermost: Uint8Array = NOTHING): Buffer {
  return nestedFields(
    Array.from({ length: 2 * depth }, (_, level) => (level % 2 === 0 ? 2 : 4)),
    innermost,
  );
}

/** Groups within groups, all of an unknown field. */
export function nestedGroups(depth: number): Buffer {
  const [begin = NOTHING, end = NOTHING] = [3, 4].map((wireType) => varint(100 * 8 + wireType));
  return Buffer.concat([Buffer.alloc(depth * begin.length, begin), Buffer.alloc(depth * end.length, end)]);
}
