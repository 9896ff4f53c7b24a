/**
 * A transfer between two accounts as one plain etcd transaction: read both, compare their modification revisions, put
 * both together with a receipt. Invariant: a transfer moves its amount at most once per id, despite resends, retries and
 * restarts, because the transaction that puts the receipt compares that none exists.
 */
import type { IKeyValue, IResponseOp, ITxnResponse, Namespace } from 'etcd3';
import { Effort, type EffortOptions } from './effort.js';
import { ConflictError, DefiniteError, IndefiniteError, messageOf } from './errors.js';

export interface TransferRequest {
  /** Name of the account that pays. */
  readonly from: string;
  /** Name of the account that receives. */
  readonly to: string;
  /** The amount, or a function of the payer's balance: an integer from 0 to the balance. */
  readonly amount: number | ((balance: number) => number);
  /**
   * Names the transfer for good: a second call with the same id, in any process, moves nothing and reports the first.
   * Random by default, which still covers resends within the call.
   */
  readonly id?: string;
}

export interface TransferOptions extends EffortOptions {
  /** Accounts are the keys `<accountPrefix><name>`, their values decimal integers; default `accounts/`. */
  readonly accountPrefix?: string;
  /** Receipts are the keys `<receiptPrefix><id>`, their values JSON `{from, to, amount}`; default `receipts/`. */
  readonly receiptPrefix?: string;
  /** Gives the call up at once. If it rejects with the signal's reason, nothing was moved and nothing will be. */
  readonly signal?: AbortSignal | undefined;
}

export interface TransferResult {
  readonly amount: number;
  /** The revision it committed at; 0 for a transfer from an account to itself, which writes nothing. */
  readonly revision: number;
  /** How often the accounts were read again because other clients had changed them. */
  readonly conflicts: number;
  /** Readings of the accounts, and requests that had to be sent again. */
  readonly attempts: number;
}

/**
 * Moves money. Receipts stay as the record of transfers. You may delete one once no process will repeat its transfer.
 *
 * Rejects with
 * - a `DefiniteError` if there is no such account, not enough money, or the id was used for another transfer: nothing
 *   was moved;
 * - a `DefiniteError` if the accounts cannot be read, or a {@link ConflictError} after `maxAttempts`: nothing was moved;
 * - the signal's reason: nothing was moved and nothing will be;
 * - an {@link IndefiniteError} if etcd does not answer the transaction, or the signal was aborted before it did: repeat
 *   the transfer with its id to find out, or to complete it.
 */
export async function transfer(
  client: Namespace,
  request: TransferRequest,
  options: TransferOptions = {},
): Promise<TransferResult> {
  const { accountPrefix = 'accounts/', receiptPrefix = 'receipts/' } = options;
  const { from, to, amount, id = crypto.randomUUID() } = request;
  const effort = new Effort(options, options.signal);
  effort.begin();
  if (from === to) return { amount: 0, revision: 0, conflicts: 0, attempts: effort.attempts };
  const keys: Keys = {
    from: accountPrefix + from,
    to: accountPrefix + to,
    receipt: receiptPrefix + id,
  };
  let conflicts = 0;
  let state = await read(client, keys, effort);
  for (;;) {
    if (state.receipt !== undefined) {
      const moved = amountOf(state.receipt, from, to);
      const revision = Number(state.receipt.mod_revision);
      return { amount: moved, revision, conflicts, attempts: effort.attempts };
    }
    const source = balanceOf(state.from, keys.from);
    const target = balanceOf(state.to, keys.to);
    const moved = checked(typeof amount === 'number' ? amount : amount(source.balance), source.balance, from);
    const reply = await commit(client, effort, keys, [
      { ...source, key: keys.from, balance: source.balance - moved },
      { ...target, key: keys.to, balance: target.balance + moved },
      JSON.stringify({ from, to, amount: moved }),
    ]);
    if (reply.succeeded) {
      return {
        amount: moved,
        revision: Number(reply.header.revision),
        conflicts,
        attempts: effort.attempts,
      };
    }
    // An account has changed for good, so no copy of this transaction can apply any more.
    state = stateOf(reply.responses);
    if (state.receipt !== undefined) continue;
    conflicts += 1;
    if (!effort.mayTry) throw new ConflictError(`gave up after ${conflicts} conflicts`);
    effort.begin();
    if (conflicts === 1) continue;
    await effort.pauseAfterConflict();
    state = await read(client, keys, effort);
  }
}

interface Keys {
  readonly from: string;
  readonly to: string;
  readonly receipt: string;
}

interface Account {
  readonly balance: number;
  readonly modRevision: number;
}

/** The two accounts and the receipt as etcd has them. */
interface State {
  readonly receipt: IKeyValue | undefined;
  readonly from: IKeyValue | undefined;
  readonly to: IKeyValue | undefined;
}

async function read(client: Namespace, keys: Keys, effort: Effort): Promise<State> {
  try {
    const reply = await effort.repeat((options) =>
      client
        // A transaction of etcd3 needs a comparison; this one always holds.
        .if(keys.receipt, 'Version', '>', -1)
        .then(...readings(client, keys))
        .options(options)
        .commit(),
    );
    return stateOf(reply.responses);
  } catch (error) {
    effort.throwIfAborted();
    throw new DefiniteError(`cannot read the accounts: ${messageOf(error)}`, { cause: error });
  }
}

/** Sends the transaction until etcd answers: neither an error nor an abort tells whether it applied. */
async function commit(
  client: Namespace,
  effort: Effort,
  keys: Keys,
  [source, target, receipt]: [Account & { key: string }, Account & { key: string }, string],
): Promise<ITxnResponse> {
  effort.throwIfAborted();
  for (;;) {
    try {
      return await effort.send((options) =>
        client
          .if(keys.receipt, 'Version', '==', 0)
          .and(source.key, 'Mod', '==', source.modRevision)
          .and(target.key, 'Mod', '==', target.modRevision)
          .then(
            client.put(source.key).value(source.balance),
            client.put(target.key).value(target.balance),
            client.put(keys.receipt).value(receipt),
          )
          .else(...readings(client, keys))
          .options(options)
          .commit(),
      );
    } catch (error) {
      const ended = await effort.endAfter(error);
      if (ended === undefined) continue;
      throw new IndefiniteError(
        `the transfer may have happened; repeat it with ${keys.receipt}: ${messageOf(ended)}`,
        { cause: ended },
      );
    }
  }
}

function readings(client: Namespace, { receipt, from, to }: Keys): ReturnType<Namespace['get']>[] {
  return [receipt, from, to].map((key) => client.get(key));
}

function stateOf(responses: readonly IResponseOp[]): State {
  const [receipt, from, to] = responses.map((response) => response.response_range.kvs[0]);
  return { receipt, from, to };
}

function balanceOf(found: IKeyValue | undefined, key: string): Account {
  if (found === undefined) throw new DefiniteError(`expected an account at ${key}, found none`);
  const text = found.value.toString();
  const balance = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(balance)) {
    throw new DefiniteError(`expected a whole number as the balance at ${key}, got ${JSON.stringify(text)}`);
  }
  return { balance, modRevision: Number(found.mod_revision) };
}

function checked(amount: number, balance: number, from: string): number {
  if (!Number.isSafeInteger(amount) || amount < 0) {
    throw new DefiniteError(`expected an amount that is a whole number of at least 0, got ${amount}`);
  }
  if (amount > balance) throw new DefiniteError(`${from} has ${balance}, so it cannot pay ${amount}`);
  return amount;
}

/** The amount on the receipt, which must be a receipt of the same transfer. */
function amountOf(receipt: IKeyValue, from: string, to: string): number {
  const text = receipt.value.toString();
  const { from: giver, to: taker, amount } = fieldsOf(text);
  if (giver === from && taker === to && typeof amount === 'number') return amount;
  throw new DefiniteError(`the id is already used: ${receipt.key.toString()} is ${text}`);
}

function fieldsOf(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    return {};
  }
}
