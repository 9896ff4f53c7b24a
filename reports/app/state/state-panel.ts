/** etcd and the nodes at the moment of the cursor, as tables. */
import type { KeyState, MomentState, NodeState, WatchState } from '../../../sim/moment/state-at.js';
import { element, table, type Child } from '../page/dom.js';
import { formatCount, formatDuration, formatTime } from '../page/format.js';

export interface StatePanel {
  readonly root: HTMLElement;
  show(state: MomentState, timeUs: number): void;
  /** The text that keys must contain. */
  readonly filter: string;
}

export interface StateWords {
  /** Whether the run recorded leases, watches and calls. */
  readonly isRecorded: boolean;
  readonly filter: string;
  filtered(): void;
}

const KEYS_MAX = 60;
const ROWS_MAX = 60;

export function statePanel({ isRecorded, filter, filtered }: StateWords): StatePanel {
  const head = element('p', { class: 'state-head' });
  const input = element('input', {
    type: 'search',
    name: 'keys',
    placeholder: 'part of a key',
    'aria-label': 'Show keys with',
  });
  input.value = filter;
  const [keys, leases, watches, nodes] = Array.from({ length: 4 }, () => element('div', {}));
  const block = (title: string, body: HTMLElement | undefined, ...more: Child[]) =>
    element('div', { class: 'state-block' }, element('h3', {}, title, ...more), body ?? '');
  const root = element(
    'div',
    { class: 'state' },
    head,
    element(
      'div',
      { class: 'state-grid' },
      block('Keys', keys, ' ', input),
      ...(isRecorded
        ? [block('Under way', nodes), block('Leases', leases), block('Watches', watches)]
        : [block('Under way', nodes)]),
    ),
  );
  /** The revision and the filter of the keys on the screen. */
  let shownKeys = '';
  let last: { readonly state: MomentState; readonly timeUs: number } | undefined;
  const show = (state: MomentState, timeUs: number): void => {
    last = { state, timeUs };
    head.replaceChildren(...headOf(state, timeUs));
    const wanted = `${state.revision} ${input.value}`;
    if (wanted !== shownKeys) keys?.replaceChildren(keysTable(state, input.value));
    shownKeys = wanted;
    nodes?.replaceChildren(nodesTable(state.nodes, timeUs));
    leases?.replaceChildren(leasesTable(state, timeUs));
    watches?.replaceChildren(watchesTable(state.watches));
  };
  input.addEventListener('input', () => {
    if (last !== undefined) show(last.state, last.timeUs);
    filtered();
  });
  return {
    root,
    show,
    get filter() {
      return input.value;
    },
  };
}

function headOf({ revision, members }: MomentState, timeUs: number): Child[] {
  const stopped = members.filter(({ role }) => role === 'stopped').map(({ name }) => name);
  const leader = members.find(({ role }) => role === 'leader');
  const parts = [
    `revision ${formatCount(revision)}`,
    ...(members.length === 0 ? [] : [leader === undefined ? 'no leader' : `${leader.name} leads`]),
    ...(stopped.length === 0 ? [] : [`${stopped.join(', ')} stopped`]),
  ];
  return [element('strong', {}, formatTime(timeUs)), ` · ${parts.join(' · ')}`];
}

function keysTable({ keys, revision }: MomentState, filter: string): HTMLElement {
  let found = filter === '' ? keys : keys.filter(({ key }) => key.includes(filter));
  if (found.length === 0) return nothing(keys.length === 0 ? 'No key.' : 'No key contains that.');
  // With more keys than there is room for, those that just changed come first.
  if (found.length > KEYS_MAX) {
    const isFresh = (state: KeyState) => state.revision === revision;
    found = [...found.filter(isFresh), ...found.filter((state) => !isFresh(state))];
  }
  const isLeased = found.some(({ lease }) => lease !== undefined);
  const row = (state: KeyState) => ({
    class: state.revision === revision ? 'fresh' : undefined,
    cells: [
      element('code', {}, state.key),
      element('code', { class: 'value' }, state.value),
      formatCount(state.revision),
      formatCount(state.version),
      ...(isLeased ? [state.lease ?? ''] : []),
    ],
  });
  return withRest(
    table(
      [
        { title: 'Key' },
        { title: 'Value' },
        { title: 'Revision', number: true },
        { title: 'Writes', number: true },
        ...(isLeased ? [{ title: 'Lease' }] : []),
      ],
      found.slice(0, KEYS_MAX).map(row),
    ),
    found.length - KEYS_MAX,
    'keys',
  );
}

function leasesTable({ leases }: MomentState, timeUs: number): HTMLElement {
  if (leases.length === 0) return nothing('No lease.');
  const rows = leases.slice(0, ROWS_MAX).map(({ id, ttlSeconds, expiresUs, keys }) => ({
    cells: [
      element('code', {}, id),
      `${formatCount(ttlSeconds)} s`,
      expiresUs === undefined
        ? 'stands still'
        : expiresUs <= timeUs
          ? 'due'
          : `in ${formatDuration(expiresUs - timeUs)}`,
      element('code', {}, keys.slice(0, 5).join(', ') + (keys.length > 5 ? `, ${keys.length - 5} more` : '')),
    ],
  }));
  return withRest(
    table(
      [{ title: 'Lease' }, { title: 'TTL', number: true }, { title: 'Expires' }, { title: 'Keys' }],
      rows,
    ),
    leases.length - ROWS_MAX,
    'leases',
  );
}

function watchesTable(watches: readonly WatchState[]): HTMLElement {
  if (watches.length === 0) return nothing('No watch.');
  const rows = watches.slice(0, ROWS_MAX).map(({ node, member, key, rangeEnd, fromRevision }) => ({
    cells: [
      node,
      member,
      element(
        'code',
        {},
        rangeEnd === undefined ? key : rangeEnd === '' ? `${key} and after` : `${key} to ${rangeEnd}`,
      ),
      formatCount(fromRevision),
    ],
  }));
  return withRest(
    table([{ title: 'Node' }, { title: 'At' }, { title: 'Keys' }, { title: 'From', number: true }], rows),
    watches.length - ROWS_MAX,
    'watches',
  );
}

function nodesTable(nodes: readonly NodeState[], timeUs: number): HTMLElement {
  if (nodes.length === 0) return nothing('No operation and no call.');
  const rows = nodes.slice(0, ROWS_MAX).map(({ node, operations, calls }) => ({
    cells: [
      node,
      lines(
        operations.map(
          ({ name, id, invoke }) => `${name} ${id}, for ${formatDuration(timeUs - invoke.timeUs)}`,
        ),
      ),
      lines(
        calls.map(
          ({ method, callee, startUs }) => `${method} at ${callee}, for ${formatDuration(timeUs - startUs)}`,
        ),
      ),
    ],
  }));
  return withRest(
    table([{ title: 'Node' }, { title: 'Operation' }, { title: 'Calls without an answer' }], rows),
    nodes.length - ROWS_MAX,
    'nodes',
  );
}

const LINES_MAX = 8;

function lines(texts: readonly string[]): HTMLElement {
  const rest = texts.length - LINES_MAX;
  const shown = [...texts.slice(0, LINES_MAX), ...(rest > 0 ? [`and ${rest} more`] : [])];
  return element('span', {}, ...shown.map((text) => element('span', { class: 'line' }, text)));
}

function nothing(text: string): HTMLElement {
  return element('p', { class: 'quiet' }, text);
}

function withRest(shown: HTMLElement, rest: number, noun: string): HTMLElement {
  if (rest <= 0) return shown;
  return element('div', {}, shown, nothing(`and ${formatCount(rest)} more ${noun}`));
}
