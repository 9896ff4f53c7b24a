/** The gateway's JSON parser: it accepts the input of `JSON.parse`, with the same result, in any pieces. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonStream } from '../../../sim/serve/gateway/json-stream.js';
import { JsonError, readJson, type JsonNode } from '../../../sim/serve/gateway/json-text.js';

function dataOf(node: JsonNode): unknown {
  switch (node.kind) {
    case 'object':
      return Object.fromEntries(node.entries.map(({ name, value }) => [name.text, dataOf(value)]));
    case 'array':
      return node.items.map(dataOf);
    case 'string':
      return node.text;
    case 'number':
      return Number(node.raw);
    case 'bool':
      return node.value;
    case 'null':
      return null;
  }
}

/** The value of the text, or that it is malformed. */
function read(text: string): unknown {
  try {
    const found = readJson(text, 0);
    if (found === undefined || text.slice(found.end).trim() !== '') return 'malformed';
    return [dataOf(found.node)];
  } catch (error) {
    if (error instanceof JsonError) return 'malformed';
    throw error;
  }
}

function expected(text: string): unknown {
  try {
    return [JSON.parse(text)];
  } catch {
    return 'malformed';
  }
}

const withoutProto = fc.json().filter((text) => !text.includes('__proto__'));

describe('JSON', () => {
  it('is read as JSON.parse reads it', () => {
    fc.assert(
      fc.property(withoutProto, (text) => {
        expect(read(text)).toEqual(expected(text));
      }),
    );
  });

  it('is malformed if JSON.parse says so, with one character changed', () => {
    const changed = fc
      .tuple(
        withoutProto,
        fc.nat(),
        fc.constantFrom(...'{}[]",:0123456789-+.eEtrufalsn\\ \n\t'),
        fc.boolean(),
      )
      .map(([text, at, character, inserts]) => {
        const index = at % (text.length + 1);
        return text.slice(0, index) + character + text.slice(inserts ? index : index + 1);
      });
    fc.assert(
      fc.property(changed, (text) => {
        expect({ text, is: read(text) }).toEqual({ text, is: expected(text) });
      }),
      { numRuns: 1000 },
    );
  });

  it('comes in pieces, one value after the other', () => {
    fc.assert(
      fc.property(
        fc.array(withoutProto, { minLength: 1, maxLength: 4 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 5 })),
        (texts, lengths) => {
          const stream = new JsonStream();
          const bytes = Buffer.from(texts.join(' '));
          const seen: unknown[] = [];
          const take = (): void => {
            for (let next = stream.next(); typeof next !== 'string'; next = stream.next())
              seen.push(dataOf(next.node));
          };
          for (let at = 0; at < bytes.length;) {
            const length = lengths.next().value as number;
            stream.push(bytes.subarray(at, at + length));
            take();
            at += length;
          }
          stream.end();
          take();
          expect(seen).toEqual(texts.map((text) => JSON.parse(text) as unknown));
        },
      ),
    );
  });

  it('is malformed if it is nested too deeply, and does not overflow', () => {
    const deep = '['.repeat(100_000);
    expect(() => readJson(deep, 0)).toThrow('exceeded max depth');
  });
});
