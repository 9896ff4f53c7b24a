/** Steps through a run by lines of text: one command each, and the moment that it leads to. */
import { createInterface } from 'node:readline';
import { InputError } from '../../input/parsed.js';
import { formatMoment } from '../../report/moment/format-moment.js';
import { sectionNames, type MomentStyle, type SectionName } from '../../report/moment/sections.js';
import { twoColumns } from '../columns.js';
import type { TextInput, TextOutput } from '../environment.js';
import { COMMANDS, parseCommand, type Command } from './commands.js';
import type { Stepper } from './stepper.js';

/** @throws InputError with the number of the line that makes no sense, or leads nowhere */
export async function stepByLines(
  stepper: Stepper,
  input: TextInput,
  output: Pick<TextOutput, 'write'>,
  style: MomentStyle,
): Promise<void> {
  const lines = createInterface({ input, crlfDelay: Infinity });
  let number = 0;
  for await (const line of lines) {
    number++;
    const parsed = parseCommand(line);
    if (parsed === undefined) continue;
    const place = `line ${number}`;
    if (parsed.kind === 'malformed') throw new InputError(`${place}: ${parsed.message}`);
    if (parsed.value.kind === 'quit') return;
    try {
      output.write(`${answerTo(parsed.value, stepper, style)}\n`);
    } catch (error) {
      if (error instanceof InputError) throw new InputError(`${place}: ${error.message}`);
      throw error;
    }
  }
}

function answerTo(command: Exclude<Command, { kind: 'quit' }>, stepper: Stepper, style: MomentStyle): string {
  switch (command.kind) {
    case 'help':
      return `${twoColumns(COMMANDS, style.width)}\n`;
    case 'show':
      return momentText(stepper, style, command.section === 'all' ? sectionNames : [command.section]);
    default:
      stepper.move(command);
      return momentText(stepper, style, sectionNames);
  }
}

export function momentText(
  stepper: Stepper,
  style: MomentStyle,
  sections: readonly SectionName[] = sectionNames,
): string {
  const { event } = stepper.moment;
  return formatMoment({ event, last: stepper.timeline.last, moment: stepper.shown, sections }, style);
}
