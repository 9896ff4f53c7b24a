/**
 * What a page holds, as data: one run, perhaps with the smaller one that shrinking made of it, a sweep or a trend. Long
 * lists are columns, which compress well. The page's application reads these types and nothing else of this room.
 */
import type { Json } from '../../input/json.js';
import type { Incident, NodeCall, OpenBreaker } from '../../history/incidents.js';
import type { Recording } from '../../history/recording.js';
import type { RunResult } from '../../run/run-result.js';
import type { DecisiveWords } from '../decisive-words.js';
import type { SweepPage } from './sweep-data.js';
import type { TrendPage } from './trend-data.js';

/** A column: first 1 if each number is the difference to the one before it, otherwise 0; then the numbers. */
export type PackedColumn = readonly number[];

/** Each table of a recording with packed columns. */
type PackedTable<T> = {
  readonly [Name in keyof T]: T[Name] extends readonly number[] ? PackedColumn : T[Name];
};

export interface PackedRecording extends Omit<
  Recording,
  | 'calls'
  | 'messages'
  | 'moments'
  | 'commits'
  | 'attachments'
  | 'leases'
  | 'members'
  | 'events'
  | 'processes'
  | 'steps'
> {
  /** `tookUs` in place of the end; -1 for none. */
  readonly calls: PackedTable<Omit<Recording['calls'], 'endUs'>> & { readonly tookUs: PackedColumn };
  readonly messages: PackedTable<Recording['messages']>;
  readonly moments: PackedTable<Recording['moments']>;
  readonly commits: PackedTable<Recording['commits']>;
  readonly attachments: PackedTable<Recording['attachments']>;
  readonly leases: PackedTable<Recording['leases']>;
  readonly members: PackedTable<Recording['members']>;
  readonly events: PackedTable<Recording['events']>;
}

/** Operations by columns. */
export interface PackedOperations {
  readonly names: readonly string[];
  readonly nodes: readonly string[];
  readonly id: readonly string[];
  readonly node: PackedColumn;
  readonly name: PackedColumn;
  readonly input: readonly Json[];
  readonly invokeSequence: PackedColumn;
  readonly invokeUs: PackedColumn;
  /** -1 for an operation that never returned. */
  readonly tookUs: PackedColumn;
  readonly returnSequence: PackedColumn;
  /** 0 none, 1 ok, 2 failed, 3 indefinite. */
  readonly outcome: PackedColumn;
  /** -1 for none. */
  readonly revision: PackedColumn;
  /** Of an ok one its output, otherwise its error. */
  readonly result: readonly Json[];
}

/** etcd's log by columns: a row for each change. */
export interface PackedLog {
  readonly keys: readonly string[];
  readonly revision: PackedColumn;
  readonly isDelete: PackedColumn;
  readonly key: PackedColumn;
  readonly value: readonly string[];
  /** How many revisions ago the key was created. */
  readonly age: PackedColumn;
  readonly version: PackedColumn;
}

/** One run. */
export interface PageRun {
  /** Without its long lists. */
  readonly result: Omit<
    RunResult,
    'operations' | 'log' | 'recording' | 'calls' | 'testReads' | 'incidents' | 'checkpoints'
  >;
  readonly operations: PackedOperations;
  readonly log: PackedLog;
  readonly recording?: PackedRecording;
  /** Crashes, starts and expired leases, in order. */
  readonly incidents: readonly Exclude<Incident, NodeCall | OpenBreaker>[];
  /** What led to the violation; absent if nothing is violated. */
  readonly past?: PagePast;
  /** One sentence for what went wrong, or for what held. */
  readonly sentence: string;
  /** The words for the moment that decides it. */
  readonly words?: DecisiveWords;
  /** All that was drawn or chosen before the run, in words. */
  readonly parameters: readonly { readonly label: string; readonly value: string }[];
  /** The file that replays it; only for a failure in simulation. */
  readonly repro?: string;
  /** One sentence for each thing that is not on the page. */
  readonly cuts: readonly string[];
}

/** The operations and the messages that a violation depends on, by what was read. */
export interface PagePast {
  /** Ids. */
  readonly operations: readonly string[];
  /** Positions in the table of messages, ascending. */
  readonly messages: PackedColumn;
  /** False if causes that are further back were left out. */
  readonly isWhole: boolean;
}

export type PageData = RunPage | SweepPage | TrendPage;

/** The page of a run. */
export interface RunPage {
  readonly kind: 'run';
  readonly run: PageRun;
  /** The smallest run that fails in the same way. */
  readonly shrunk?: PageRun;
}
