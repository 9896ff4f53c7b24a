/** A reporter of your own: a line for each scenario. */
export default ({ write, tell, env }) => ({
  begin: (scenario, seeds) => tell(`${scenario}: seeds ${seeds.first} to ${seeds.last}`),
  seed: (record) => record.finding && tell(`seed ${record.seed}: ${record.finding.signature}`),
  scenario: ({ scenario, outcome, sweep }) =>
    write(`${scenario} is ${outcome} after ${sweep?.seedsRun ?? 1}\n`),
  end: () => tell(`done, in ${env.CI ? 'CI' : 'a terminal'}`),
});
