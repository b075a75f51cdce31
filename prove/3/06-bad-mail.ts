/** Bad mail at full size: a typed error or a line in the report each, nothing else lost. */
import { badMails } from '../../tests/end-to-end/bad-mail.ts';
import { conclude } from '../conclude.ts';

let good = 0;
const figures: string[] = [];
for (const { name, run } of badMails) {
  const begin = performance.now();
  const { outcome, complaints } = await run('full').catch((error: unknown) => ({
    outcome: 'the case itself failed',
    complaints: [error instanceof Error ? (error.stack ?? error.message) : String(error)],
  }));
  if (complaints.length === 0) good += 1;
  if (/thousand|150 MB/.test(name)) figures.push(`${name}: ${outcome}`);
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  console.log(`${name}: ${outcome} (${seconds} s)${complaints.map((complaint) => `\n  ${complaint}`).join('')}`);
}
conclude({
  title: 'bad mail: a typed error or a line in the report each, nothing else lost',
  figure: [`${good} of ${badMails.length} cases`, ...figures].join('; '),
  pass: good === badMails.length,
});
