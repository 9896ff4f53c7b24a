/** The facts needed to read and write a message and its fields, including each one's form on the wire. */
import type { WireReader } from './reader.js';
import type { WireWriter } from './writer.js';

/** The kind of a value, independent of its form on the wire or as text. */
export type ValueType = 'int64' | 'uint64' | 'enumeration' | 'bool' | 'bytes' | 'text' | 'message';

/** How one value is encoded on the wire. */
export interface Kind<T> {
  readonly type: ValueType;
  /** An integer that identifies: a bigint in TypeScript. */
  readonly identifies?: true;
  readonly wireType: number;
  read(reader: WireReader): T;
  /** For a message: its contents, in place of {@link read}. */
  layout?(): Layout;
  write(writer: WireWriter, value: T): void;
}

/** The facts needed to read a field. */
export interface LayoutField {
  readonly kind: Kind<never>;
  readonly repeated: boolean;
  readonly initial: unknown;
  readonly oneof: string | undefined;
  readonly key: string;
  /** Including the name of its message. */
  readonly path: string;
  /** Go's name for it, for error texts. */
  readonly goName: string;
  /** Other fields of the same oneof. */
  readonly siblings: readonly LayoutField[];
}

/** The facts needed to read a message. */
export interface Layout {
  readonly name: string;
  readonly byNumber: readonly (LayoutField | undefined)[];
  /** Makes a message whose fields have their initial values. */
  readonly fresh: () => Record<string, unknown>;
}
