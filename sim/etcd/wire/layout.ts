/** What reading and writing need to know of a message and of its fields: how each lies on the wire. */
import type { WireReader } from './reader.js';
import type { WireWriter } from './writer.js';

/** What a value is, whatever it looks like on the wire or as text. */
export type ValueType = 'int64' | 'uint64' | 'enumeration' | 'bool' | 'bytes' | 'text' | 'message';

/** How one value lies on the wire. */
export interface Kind<T> {
  readonly type: ValueType;
  /** An integer that identifies: a bigint in TypeScript. */
  readonly identifies?: true;
  readonly wireType: number;
  read(reader: WireReader): T;
  /** Of a message: what is in it, in place of {@link read}. */
  layout?(): Layout;
  write(writer: WireWriter, value: T): void;
}

/** What reading needs to know of a field. */
export interface LayoutField {
  readonly kind: Kind<never>;
  readonly repeated: boolean;
  readonly initial: unknown;
  readonly oneof: string | undefined;
  readonly key: string;
  /** With the name of its message. */
  readonly path: string;
  /** As Go names it, for error texts. */
  readonly goName: string;
  /** Other fields of the same oneof. */
  readonly siblings: readonly LayoutField[];
}

/** What reading needs to know of a message. */
export interface Layout {
  readonly name: string;
  readonly byNumber: readonly (LayoutField | undefined)[];
  readonly initial: Readonly<Record<string, unknown>>;
}
