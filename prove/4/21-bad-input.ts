/** Bad input of the engine at full size: a typed error or a line in the report each, nothing else lost. */
import { badEngineInputs } from '../../tests/end-to-end/bad-engine.ts';
import { conclude } from '../conclude.ts';

let good = 0;
const figures: string[] = [];
for (const { name, run } of badEngineInputs) {
  const { outcome, complaints } = await run('full').catch((error: unknown) => ({
    outcome: 'the case itself failed',
    complaints: [error instanceof Error ? (error.stack ?? error.message) : String(error)],
  }));
  if (complaints.length === 0) good += 1;
  if (!name.startsWith('an option')) figures.push(`${name}: ${outcome}`);
  console.log(`${name}: ${outcome}${complaints.map((complaint) => `\n  ${complaint}`).join('')}`);
}
conclude({
  title: 'bad input: a typed error or a line in the report each, bounded memory, nothing else lost',
  figure: [`${good} of ${badEngineInputs.length} cases`, ...figures].join('; '),
  pass: good === badEngineInputs.length,
});
