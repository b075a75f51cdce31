/** A thread that writes its share of the files of a corpus. */
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { workerData } from 'node:worker_threads';
import type { CorpusOptions } from './corpus-options.ts';
import { itemMaker } from './make-item.ts';
import { planCorpus } from './plan-corpus.ts';

const { options, folder, share, of } = workerData as {
  readonly options: CorpusOptions;
  readonly folder: string;
  readonly share: number;
  readonly of: number;
};

const makeItem = itemMaker(options.seed);
const made = new Set<string>();
for (const item of planCorpus(options)) {
  if (item.index % of !== share) continue;
  const { path, bytes, date } = makeItem(item);
  const file = join(folder, path);
  if (!made.has(dirname(file))) mkdirSync(dirname(file), { recursive: true });
  made.add(dirname(file));
  writeFileSync(file, bytes);
  utimesSync(file, date / 1000, date / 1000);
}
