/**
 * Options of a scenario: declared as data, so that the command line, the config file, the docs and the report
 * read the same declaration. Invariant: parsed values are in range, or the message says what was expected.
 */

export type OptionSpec =
  | {
      readonly type: 'integer';
      readonly default: number;
      readonly min: number;
      readonly max: number;
      readonly description: string;
      /** It matters during a run too, not only when its plan is drawn: shrinking tries smaller values. */
      readonly shrinks?: true;
    }
  | {
      readonly type: 'choice';
      readonly default: string;
      readonly choices: readonly string[];
      readonly description: string;
    };

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** Every option of a scenario with its value. */
export type OptionValues = Readonly<Record<string, number | string>>;
