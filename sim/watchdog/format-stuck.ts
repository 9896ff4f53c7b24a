/** Says where the main thread is stuck: the user's own line first, with what it was at, then the whole stack. */
import { fileURLToPath } from 'node:url';
import type { StackFrame } from './main-stack.js';
import type { LastBeat } from './pulse.js';

/** This package's own code; scenarios lie elsewhere. */
const OWN_CODE = fileURLToPath(new URL('..', import.meta.url));

export interface Stuck {
  readonly seconds: number;
  readonly last: LastBeat;
  /** Undefined where they could not be had. */
  readonly frames: readonly StackFrame[] | undefined;
}

/** One line, for a main thread that may well come back. */
export function formatSlow(stuck: Stuck): string {
  return `sim: slow${headline(stuck)}; Ctrl-C ends it\n`;
}

/** Whole lines, with the stack. */
export function formatStuck(stuck: Stuck): string {
  const stack = stuck.frames?.map(({ functionName, file, line, column }) => {
    const where = `${pathOf(file)}:${line}:${column}`;
    return `    at ${functionName === '' ? where : `${functionName} (${where})`}`;
  });
  const told = stack ?? ['    no stack: it is not running JavaScript'];
  return [`sim: stuck${headline(stuck)}`, ...told, ''].join('\n');
}

function headline({ seconds, last, frames = [] }: Stuck): string {
  const own = frames.find(isOfUser) ?? frames[0];
  const place = own === undefined ? '' : ` at ${pathOf(own.file)}:${own.line}:${own.column}`;
  return `${place}: ${whatItDoes(last)} has kept the processor busy for ${seconds} s`;
}

function whatItDoes({ work, node, event, timeUs }: LastBeat): string {
  if (work === undefined) return 'code before the first seed';
  const of = `seed ${work.seed} of ${work.scenario}`;
  switch (work.stage) {
    case 'draws':
      return `drawing the plan of ${of}`;
    case 'runs': {
      const who = node === undefined ? of : `node ${node} in ${of}`;
      return event === 0 ? who : `${who}, at ${timeUs / 1000} ms of virtual time (event ${event}),`;
    }
    case 'checks':
      return `a check of ${of}`;
    case 'summarizes':
      return `summarize() of ${of}`;
    case 'has run':
      return `code after ${of}`;
  }
}

function isOfUser(frame: StackFrame): boolean {
  const file = pathOf(frame.file);
  return !file.startsWith('node:') && !file.startsWith(OWN_CODE) && !/[\\/]node_modules[\\/]/.test(file);
}

function pathOf(url: string): string {
  return url.startsWith('file:') ? fileURLToPath(url) : url;
}
