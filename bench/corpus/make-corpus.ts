import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { Worker } from 'node:worker_threads';
import { corpusKey } from './corpus-options.ts';
import type { CorpusOptions } from './corpus-options.ts';
import { describeCorpus } from './describe-corpus.ts';
import type { CorpusDescription } from './describe-corpus.ts';

/** A corpus on disk. */
export interface Corpus {
  /** Folder of its files. */
  readonly path: string;
  readonly description: CorpusDescription;
}

/** Makes the corpus of these options below a folder, or finds it there from an earlier run. */
export async function makeCorpus(options: CorpusOptions, cache: string): Promise<Corpus> {
  const folder = join(cache, `corpus-${corpusKey(options)}`);
  const described = join(folder, 'corpus.json');
  const path = join(folder, 'files');
  if (existsSync(described)) {
    return { path, description: JSON.parse(readFileSync(described, 'utf8')) as CorpusDescription };
  }
  // The description comes last and by renaming: a corpus that has one is whole.
  const making = `${folder}.${process.pid}`;
  mkdirSync(join(making, 'files'), { recursive: true });
  try {
    const workers = availableParallelism();
    await Promise.all(
      Array.from({ length: workers }, (_, share) => write(options, join(making, 'files'), share, workers)),
    );
    const description = describeCorpus(options, join(making, 'files'));
    writeFileSync(join(making, 'corpus.json'), JSON.stringify(description, undefined, 2));
    rmSync(folder, { recursive: true, force: true });
    renameSync(making, folder);
    return { path, description };
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
}

function write(options: CorpusOptions, folder: string, share: number, of: number): Promise<void> {
  const worker = new Worker(new URL('corpus-worker.ts', import.meta.url), {
    workerData: { options, folder, share, of },
  });
  return new Promise((resolve, reject) => {
    worker.on('error', reject);
    worker.on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`the corpus could not be written: ${code}`));
    });
  });
}
