/** All mail of the corpus (HOLDFAST_CORPUS), and 100,000 mutated ones, split and put together again. */
import process from 'node:process';
import { splitMail } from '../../tests/end-to-end/mutated-mail.ts';
import { conclude } from '../conclude.ts';

const corpus = process.env['HOLDFAST_CORPUS'];
const seed = Number(process.env['PROVE_SEED'] ?? Math.floor(Math.random() * 1e6));
const title = 'real mail and 100,000 mutated ones: byte-identical after MIME-aware storage';
if (corpus === undefined) conclude({ title, figure: 'HOLDFAST_CORPUS names no folder', pass: false });
else {
  const { originals, mutants, wrong, decoded } = splitMail(corpus, { mutants: 100_000, seed });
  for (const one of wrong) console.log(one);
  conclude({
    title,
    figure: `${originals} originals and ${mutants} mutants (seed ${seed}), of ${decoded} something was decoded: ${wrong.length} differ`,
    pass: wrong.length === 0 && decoded > 1000,
  });
}
