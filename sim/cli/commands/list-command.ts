/** `sim list`: what can be run, what can be done to it and in which order, from the registries. */
import { strategyDescriptions } from '../../explore/strategies/strategy-selection.js';
import { faultKinds } from '../../faults/index.js';
import type { OptionSpec } from '../../plan/options.js';
import type { Scenario } from '../../scenario/scenario.js';
import type { Registry } from '../arguments/run-parameters.js';
import { twoColumns } from '../columns.js';

/** The whole list as text, wrapped to `width` characters. */
export function formatList(registry: Registry, width: number): string {
  const parts = [heading('Scenarios', registry.scenarios, width)];
  if (registry.specimens.length > 0)
    parts.push(heading('Specimens (wrong on purpose)', registry.specimens, width));
  const kinds = Object.values(faultKinds).map((kind): [string, string] => [kind.kind, kind.description]);
  parts.push(`Faults\n${twoColumns(kinds, width)}`);
  parts.push(`Strategies\n${twoColumns(Object.entries(strategyDescriptions), width)}`);
  return `${parts.join('\n\n')}\n`;
}

function heading(title: string, scenarios: readonly Scenario[], width: number): string {
  return [title, ...scenarios.map((scenario) => formatScenario(scenario, width))].join('\n');
}

function formatScenario(scenario: Scenario, width: number): string {
  const options = Object.entries(scenario.options).map(([name, spec]): [string, string] => [
    `--set ${name}=${formatRange(spec)}`,
    `${spec.description} (default ${spec.default})`,
  ]);
  const about = twoColumns([[scenario.name, scenario.description]], width);
  return options.length === 0 ? about : `${about}\n${twoColumns(options, width, 4)}`;
}

function formatRange(spec: OptionSpec): string {
  switch (spec.type) {
    case 'integer':
      return `${spec.min}..${spec.max}`;
    case 'choice':
      return spec.choices.join('|');
    default:
      return spec satisfies never;
  }
}
