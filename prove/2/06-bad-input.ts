/** Bad input: one typed error each, one line that says what to do, no secret in it, nothing written or lost. */
import { badInputs, meetBadInput } from '../../tests/end-to-end/bad-input.ts';
import { conclude } from '../conclude.ts';

let good = 0;
for (const input of badInputs) {
  const { message, complaints } = await meetBadInput(input);
  if (complaints.length === 0) good += 1;
  console.log(`${input.name}: ${message}${complaints.map((complaint) => `\n  ${complaint}`).join('')}`);
}
conclude({
  title: 'bad input: one clear line with what to do, no secret shown, every object as before',
  figure: `${good} of ${badInputs.length} (${badInputs.map(({ name }) => name).join(', ')})`,
  pass: good === badInputs.length,
});
