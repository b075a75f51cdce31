import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultCorpus } from '../corpus/corpus-options.ts';
import { makeCorpus } from '../corpus/make-corpus.ts';
import { realMail } from '../corpus/real-mail.ts';

/** A folder of mail to experiment with. */
export interface ExperimentFolder {
  readonly name: string;
  readonly folder: string;
}

/** The corpus of the benchmarks, in the folder that they keep it in or the one named, and real mail where there is some. */
export async function experimentFolders(kept = join(tmpdir(), 'holdfast-bench')): Promise<ExperimentFolder[]> {
  const made = await makeCorpus(defaultCorpus, kept);
  const real = realMail();
  return [
    { name: 'corpus of the benchmarks', folder: made.path },
    ...(real === undefined ? [] : [{ name: 'real mail', folder: join(real.path, 'eml') }]),
  ];
}
