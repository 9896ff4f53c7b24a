/**
 * What a fault is aimed at, as data. An aimed fault looks out from its time on, and begins once it has seen what it
 * is aimed at. Invariant: the same run gives the same target, and a fault that sees nothing never begins.
 */
import * as v from 'valibot';
import { choice, fields, meaning, numberFrom, type Read, text } from '../input/schema.js';

/** What a fault may be aimed at. */
export const AIMS = ['lease', 'write', 'reply', 'leader', 'during', 'after'] as const;

export type AimAt = (typeof AIMS)[number];

/** Its node, and the link from there to a member. */
export const NODE_AIMS: readonly AimAt[] = ['lease', 'write', 'reply'];
export const LINK_AIMS: readonly AimAt[] = [...NODE_AIMS, 'leader'];
export const MEMBER_AIMS: readonly AimAt[] = ['leader'];
/** The moment matters, and no node. */
export const MOMENT_AIMS: readonly AimAt[] = ['write', 'reply'];

/** Longer than any run needs. */
const AFTER_MAX_MS = 1_000_000;

/** The field `aim` of a fault. */
export const aimSchema = v.pipe(
  fields({
    at: meaning(
      choice(AIMS),
      'A node that holds a lease; a node that sends a write, or gets a reply; the member that leads; another fault while it acts, or once it has ended',
    ),
    fault: v.exactOptional(meaning(text('a kind of fault'), 'The kind of the other fault')),
    afterMs: meaning(numberFrom(0, AFTER_MAX_MS), 'How long after that moment it begins'),
  }),
  v.check(
    ({ at, fault }) => (fault !== undefined) === isMeeting(at),
    'the kind of another fault with during and after, and with nothing else',
  ),
);

export type Aim = Read<typeof aimSchema>;

/** Whether the aim is another fault. */
export function isMeeting(at: AimAt): boolean {
  return at === 'during' || at === 'after';
}

/** What the fault waits for, such as `waits for a lease`. */
export function describeAim({ at, fault = '' }: Aim): string {
  switch (at) {
    case 'lease':
      return 'waits for a node that holds a lease';
    case 'write':
      return 'waits for a write';
    case 'reply':
      return 'waits for a reply';
    case 'leader':
      return 'waits for a leader';
    case 'during':
      return `waits for a ${fault}`;
    case 'after':
      return `waits for the end of a ${fault}`;
    default:
      return at satisfies never;
  }
}
