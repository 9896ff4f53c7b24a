/**
 * Events that no code caused: faults, processes that died and restarted, leases that ended. Invariant: one
 * step for each event that concerns the story's nodes, attributed to the fault or to etcd.
 */
import type { Call } from '../../history/calls.js';
import type { Operation } from '../../history/history.js';
import type { LeaseEnd } from '../../history/incidents.js';
import { WEIGHTS, type ActingFault, type PastStep, type Witness } from './recorded-run.js';
import type { RunIndex } from './run-index.js';
import { timeText } from './time-text.js';

/** The actor in a fault's line, and in a line about etcd's own actions. */
const FAULT = 'fault';
const ETCD = 'etcd';

/** A run with no more faults than this was shrunk: each of them matters. */
const FEW_FAULTS = 3;

const ERROR_MAX = 80;
const VALUE_MAX = 40;

/** Each row of requests that the circuit breaker of a node's client refused, if the node is in the story by then. */
export function stepsOfBreakers(
  index: RunIndex,
  known: readonly PastStep[],
  witnesses: NonNullable<Witness['nodes']>,
): [string, PastStep][] {
  const { incidents = [], stuck = [] } = index.run;
  const untilUs = new Map<string, number>(known.map(({ node, moment }) => [node, moment.timeUs]));
  for (const witness of witnesses) untilUs.set(witness.node, witness.untilUs);
  for (const node of stuck) untilUs.set(node, Infinity);
  return incidents.flatMap((incident): [string, PastStep][] => {
    if (incident.kind !== 'breaker open') return [];
    const { node, at } = incident;
    const timesUs = incident.timesUs.filter((timeUs) => timeUs <= (untilUs.get(node) ?? -Infinity));
    const lastUs = timesUs.at(-1);
    if (lastUs === undefined) return [];
    const what =
      timesUs.length === 1
        ? 'its open circuit breaker refused a request'
        : `its open circuit breaker refused ${timesUs.length} requests, until ${timeText(lastUs)}`;
    const weight = WEIGHTS.mishap;
    return [
      [`breaker ${node} ${at.order}`, { moment: at, node, kind: 'refused', what, ofWitness: false, weight }],
    ];
  });
}

/** @param known the steps of the story so far */
export function stepsOfMishaps(index: RunIndex, known: readonly PastStep[]): [string, PastStep][] {
  const { faults = [], incidents = [], stuck } = index.run;
  const nodes = new Set([...known.map(({ node }) => node), ...(stuck ?? [])]);
  const ended = new Set(known.filter(({ kind }) => kind === 'expired').map(({ revision }) => revision));
  const owners = new Set(
    incidents.flatMap((one) => (one.kind === 'lease expired' && ended.has(one.revision) ? [one.node] : [])),
  );
  const lastUs = stuck === undefined ? Math.max(...known.map(({ moment }) => moment.timeUs)) : Infinity;
  const steps: [string, PastStep][] = [];
  for (const fault of faults) {
    const { node, fromUs, text, byHand, toProcess } = fault;
    if (fromUs > lastUs) continue;
    const hit = unansweredDuring(index, fault, known);
    const isOwner = node !== undefined && owners.has(node);
    const isNear = isOwner || (node !== undefined && nodes.has(node) && toProcess !== undefined);
    if (hit === undefined && !isNear && byHand !== true && faults.length > FEW_FAULTS) continue;
    const isMishap = hit !== undefined || byHand === true || isOwner || faults.length <= FEW_FAULTS;
    const weight = isMishap ? WEIGHTS.mishap : WEIGHTS.otherFault;
    steps.push([`fault ${text} ${fromUs}`, { ...stepOfFault(index, fault), weight }]);
  }
  for (const incident of incidents) {
    if (incident.kind !== 'crashed' && incident.kind !== 'restarted') continue;
    const { kind, node, at } = incident;
    if (!nodes.has(node) || at.timeUs > lastUs || isOfFault(faults, node, at.timeUs)) continue;
    const what = kind === 'crashed' ? 'its process died' : 'its process starts again';
    const weight = WEIGHTS.mishap;
    steps.push([
      `${kind} ${node} ${at.order}`,
      { moment: at, node, kind: 'died', what, ofWitness: false, weight },
    ]);
  }
  return steps;
}

/** `the lease of n2 ran out, which deleted locks/report; last renewed at 20.500 ms`. */
export function stepOfLeaseEnd(index: RunIndex, { at, node, keys, revision, renewed }: LeaseEnd): PastStep {
  const when =
    renewed === undefined
      ? ''
      : renewed === 'never'
        ? '; it was never renewed'
        : `; last renewed at ${timeText(renewed.timeUs)}`;
  return {
    ...{ moment: at, node: ETCD, kind: 'expired', revision, ofWitness: false, weight: WEIGHTS.mishap },
    what: `the lease of ${node} ran out, which deleted ${namesOf(index, keys)}${when}`,
  };
}

/** `lease 7 (of key job, granted to n3) revoked, which deleted job`. */
export function stepOfRevocation(index: RunIndex, fault: ActingFault): PastStep {
  const call = index.revocationBy(fault);
  const step = stepOfFault(index, fault);
  return call === undefined ? step : { ...step, moment: index.madeAt(call) };
}

/** How an operation ended, with its error. */
export function endingText({ input, outcome }: Operation): string {
  const given = input === null ? '' : ` ${shortened(JSON.stringify(input))}`;
  if (outcome === undefined) return `began${given} and never returned`;
  if (outcome.kind === 'ok') {
    const { output } = outcome;
    return `ended ok${given}${output === null ? '' : ` -> ${shortened(JSON.stringify(output))}`}`;
  }
  const { message } = outcome.error;
  return `ended ${outcome.kind}: ${message.length > ERROR_MAX ? `${message.slice(0, ERROR_MAX)}…` : message}`;
}

function shortened(json: string): string {
  return json.length > VALUE_MAX ? `${json.slice(0, VALUE_MAX)}…` : json;
}

function stepOfFault(index: RunIndex, fault: ActingFault): PastStep {
  const { text, fromUs, untilUs, revoked, byHand } = fault;
  const owner = revoked === undefined ? undefined : index.ownerOf(revoked.lease);
  const deleted = index.revocationBy(fault)?.wrote?.changes.map(({ key }) => key) ?? [];
  const took = deleted.length === 0 ? '' : `, which deleted ${namesOf(index, deleted)}`;
  const whole =
    (owner === undefined ? text : text.replace(/\) revoked$/, `, granted to ${owner}) revoked`)) + took;
  const lasted = untilUs - fromUs;
  const isLong = Number.isFinite(lasted) && lasted > 0 && !/ for | after |reset/.test(text);
  return {
    moment: { sequence: -1, timeUs: fromUs },
    ...{ node: FAULT, kind: 'fault', ofWitness: false, weight: WEIGHTS.mishap },
    what: `${whole}${isLong ? `, for ${lasted / 1000} ms` : ''}${byHand === true ? ' (by hand)' : ''}`,
  };
}

/** A call of the story without an answer, which the fault may have hit. */
function unansweredDuring(
  { run }: RunIndex,
  { node, fromUs, untilUs }: ActingFault,
  known: readonly PastStep[],
): Call | undefined {
  const ids = new Set(known.flatMap(({ operation }) => operation ?? []));
  return run.calls.find(
    (call) =>
      !call.answered &&
      call.operation !== undefined &&
      ids.has(call.operation) &&
      (node === undefined || call.node === node) &&
      call.sent.timeUs <= untilUs &&
      (call.returned?.timeUs ?? Infinity) >= fromUs,
  );
}

/** Whether a fault that crashes the node begins or ends then: its own line says so. */
function isOfFault(faults: readonly ActingFault[], node: string, timeUs: number): boolean {
  return faults.some(
    ({ toProcess, node: whose, fromUs, untilUs, byHand }) =>
      toProcess === 'crash' &&
      whose === node &&
      (timeUs === fromUs || (timeUs === untilUs && byHand !== true)),
  );
}

function namesOf(index: RunIndex, keys: readonly string[]): string {
  const named = keys.slice(0, 3).map((key) => index.name(key));
  return named.join(', ') + (keys.length > named.length ? ` and ${keys.length - named.length} more` : '');
}
