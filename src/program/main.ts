#!/usr/bin/env node
/**
 * The `recipe` command: where the interactive programs meet the process they run in. It loads etcd's client only
 * once there is something to run.
 */
import { parseArguments } from './arguments.js';
import { exitCodes } from './exit-codes.js';

// An exception that reaches this point is a defect, and is one line.
process.on('uncaughtException', (error: unknown) => {
  process.stderr.write(
    `recipe: internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exit(exitCodes.internal);
});

const code = await main();

// All output must be out before the process ends; a connection that still closes must not keep it.
for (const stream of [process.stdout, process.stderr]) {
  await new Promise<void>((resolve) => {
    stream.write('', () => resolve());
  });
}
process.exit(code);

async function main(): Promise<number> {
  const request = parseArguments(process.argv.slice(2));
  switch (request.kind) {
    case 'help': {
      const { HELP } = await import('./help.js');
      process.stdout.write(HELP);
      return exitCodes.done;
    }
    case 'wrong':
      process.stderr.write(`recipe: ${request.message}; see recipe help\n`);
      return exitCodes.usage;
    case 'run': {
      const { run } = await import('./run.js');
      return run(request.program, request.settings, process);
    }
    default:
      return request satisfies never;
  }
}
