/** Bytes stored against restic, at the default compression of both: with 30 % shared attachments and without sharing. */
import { resultOf } from '../../bench/bench-result.ts';
import { defaultCorpus } from '../../bench/corpus/corpus-options.ts';
import { runBench } from '../../bench/run-bench.ts';
import { conclude } from '../conclude.ts';

async function ratio(shared: number): Promise<number> {
  const corpus = { ...defaultCorpus, shared };
  const result = await runBench({ corpus, contestants: ['holdfast', 'restic'], cases: ['first'], rounds: 1 });
  const [ours, theirs] = ['holdfast', 'restic'].map(
    (name) => resultOf(result, name, 'first')?.storedBytes ?? Number.NaN,
  );
  console.log(`shared ${shared}: ${ours} bytes, restic ${theirs}, of ${result.corpus.bytes}`);
  return (ours ?? Number.NaN) / (theirs ?? Number.NaN);
}

const [shared, unshared] = [await ratio(0.3), await ratio(0)];
conclude({
  title: `bytes stored of a corpus of ${(defaultCorpus.size / 1e9).toFixed(1)} GB of mail as a ratio to restic's`,
  figure: `${shared.toFixed(3)} with 30 % of the attachments shared (at most 0.80), ${unshared.toFixed(3)} without sharing (at most 0.90)`,
  pass: shared <= 0.8 && unshared <= 0.9,
});
