/**
 * Draws a history of registers in the form in which a Jepsen test of etcd stores it. Processes read, write
 * and compare and set a few values. Some get no answer, and a process with another number replaces them.
 */
import type { Draw } from '../queue-histories.js';

export interface StoredShape {
  readonly operations: number;
  /** How many run at a time. */
  readonly processes: number;
  readonly keys: number;
  /** Values that repeat. */
  readonly values: number;
  /** One of this many gets no answer; half of those happen, at once or much later. */
  readonly oneInfoOf: number;
  /** One of this many reads gets a wrong value; 0 for none. */
  readonly oneWrongOf: number;
}

interface Client {
  process: number;
  begun: { readonly f: string; readonly key: number; readonly argument: string } | undefined;
  /** Its result once it has happened: the value of a completed operation, or that it failed. */
  result: { readonly type: 'ok' | 'fail'; readonly argument: string } | undefined;
}

export function drawStored(draw: Draw, shape: StoredShape): string {
  const { processes, oneInfoOf, oneWrongOf } = shape;
  const store = new Map<number, string>();
  const lines: string[] = [];
  const print = (type: string, process: number, { f, key }: { f: string; key: number }, argument: string) => {
    const index = lines.length;
    lines.push(
      `{:type :${type}, :f :${f}, :value [${key} ${argument}], :process ${process}, :time ${index * 1000}, :index ${index}}`,
    );
  };
  const late: { readonly f: string; readonly key: number; readonly argument: string }[] = [];
  const apply = ({ f, key, argument }: { f: string; key: number; argument: string }): Client['result'] => {
    const now = store.get(key) ?? 'nil';
    if (f === 'read') {
      const isWrong = oneWrongOf > 0 && draw(oneWrongOf) === 0;
      return { type: 'ok', argument: isWrong ? String(draw(shape.values)) : now };
    }
    if (f === 'write') {
      store.set(key, argument);
      return { type: 'ok', argument };
    }
    const [expected = '', wanted = ''] = argument.slice(1, -1).split(' ');
    if (now !== expected) return { type: 'fail', argument };
    store.set(key, wanted);
    return { type: 'ok', argument };
  };
  const clients = Array.from({ length: processes }, (_, process): Client => {
    return { process, begun: undefined, result: undefined };
  });
  for (let begun = 0; begun < shape.operations || clients.some((client) => client.begun !== undefined);) {
    if (late.length > 0 && draw(20) === 0) apply(late.splice(draw(late.length), 1)[0] as (typeof late)[0]);
    const client = clients[draw(processes)];
    if (client === undefined) continue;
    if (client.begun === undefined) {
      if (begun === shape.operations) continue;
      begun += 1;
      const f = ['read', 'write', 'cas'][draw(3)] ?? 'read';
      const value = () => String(draw(shape.values));
      const argument = f === 'read' ? 'nil' : f === 'write' ? value() : `[${value()} ${value()}]`;
      client.begun = { f, key: draw(shape.keys), argument };
      print('invoke', client.process, client.begun, argument);
    } else if (client.result === undefined) {
      if (draw(oneInfoOf) === 0) {
        const fate = draw(4);
        if (fate === 0) apply(client.begun);
        if (fate === 1) late.push(client.begun);
        // Some never complete at all.
        if (draw(4) > 0) print('info', client.process, client.begun, client.begun.argument);
        client.process += processes;
        client.begun = undefined;
      } else client.result = apply(client.begun);
    } else {
      print(client.result.type, client.process, client.begun, client.result.argument);
      client.begun = client.result = undefined;
    }
    if (draw(50) === 0)
      lines.push('{:type :info, :f :kill, :value "n1", :process :nemesis, :time 0, :index 0}');
  }
  return lines.join('\n');
}
