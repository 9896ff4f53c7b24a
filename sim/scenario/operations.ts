/**
 * The operations of a scenario by name, for the types of what nodes do and of what checks see. Invariant: they are for
 * the compiler alone; nothing of them matters during a run.
 */
import type { History, Operation, Outcome } from '../history/history.js';
import type { Json } from '../input/json.js';
import type { PlannedNode, PlannedOperation } from '../plan/plan.js';

declare const TYPES: unique symbol;

/** One kind of operation, with the types of its input and its output. */
export interface OperationSpec<Input, Output, Place extends 'planned' | 'part'> {
  readonly [TYPES]?: { readonly input: Input; readonly output: Output; readonly place: Place };
}

export type OperationSpecs = Readonly<Record<string, OperationSpec<unknown, unknown, 'planned' | 'part'>>>;

/** Any operation with any JSON: a scenario that declares none. */
export type AnyOperations = Readonly<Record<string, OperationSpec<Json, Json, 'planned'>>>;

/** An operation that a plan may have. Its input and its output are JSON. */
export function operation<Input extends JsonLike = null, Output extends JsonLike = null>() {
  return {} as OperationSpec<Input, Output, 'planned'>;
}

/** A part of a planned operation: its id is the planned one, a dot and more. No plan has it. */
export function part<Input extends JsonLike = null, Output extends JsonLike = null>() {
  return {} as OperationSpec<Input, Output, 'part'>;
}

/** Interfaces are no `Json` for TypeScript, but what they describe may be. */
type JsonLike = boolean | number | string | object | null;

/** The same type for values that are JSON. An interface becomes a plain object type, which TypeScript accepts as JSON. */
export type AsJson<T> = [T] extends [Json] ? T : Plain<T>;

type Plain<T> = T extends boolean | number | string | null | undefined
  ? T
  : T extends (...parameters: never[]) => unknown
    ? never
    : { readonly [Field in keyof T]: AsJson<T[Field]> };

type Names<Specs extends OperationSpecs> = keyof Specs & string;

type PlannedNames<Specs extends OperationSpecs> = {
  [Name in Names<Specs>]: Specs[Name] extends OperationSpec<unknown, unknown, 'planned'> ? Name : never;
}[Names<Specs>];

type InputOf<Spec> =
  Spec extends OperationSpec<infer Input, unknown, 'planned' | 'part'> ? AsJson<Input> : never;
type ResultOf<Spec> =
  Spec extends OperationSpec<unknown, infer Output, 'planned' | 'part'> ? AsJson<Output> : never;

/** What a node hands to `perform`. */
export interface OperationOf<Specs extends OperationSpecs, Name extends Names<Specs>> extends Omit<
  PlannedOperation,
  'name' | 'input'
> {
  readonly name: Name;
  readonly input: InputOf<Specs[Name]>;
}

/** An operation of a plan, for each name. */
export type PlannedOf<Specs extends OperationSpecs> = {
  [Name in PlannedNames<Specs>]: OperationOf<Specs, Name>;
}[PlannedNames<Specs>];

/** A node of a plan. */
export type NodeOf<Specs extends OperationSpecs> = Omit<PlannedNode, 'operations'> & {
  readonly operations: readonly PlannedOf<Specs>[];
};

/** What the body of an operation returns. */
export interface ResultFor<Specs extends OperationSpecs, Name extends Names<Specs>> {
  readonly output: ResultOf<Specs[Name]>;
  /** The revision of its commit, if it wrote and etcd reported one. */
  readonly revision?: number;
}

/** An operation of a history, for each name. */
export type PerformedOf<Specs extends OperationSpecs, Name extends Names<Specs> = Names<Specs>> = {
  [One in Name]: Omit<Operation, 'name' | 'input' | 'outcome'> & {
    readonly name: One;
    readonly input: InputOf<Specs[One]>;
    readonly outcome?:
      | Exclude<Outcome, { readonly kind: 'ok' }>
      | (Omit<Extract<Outcome, { readonly kind: 'ok' }>, 'output'> & {
          readonly output: ResultOf<Specs[One]>;
        });
  };
}[Name];

/** A history whose operations are typed. */
export type HistoryOf<Specs extends OperationSpecs> = Omit<History, 'operations'> & {
  readonly operations: readonly PerformedOf<Specs>[];
};
