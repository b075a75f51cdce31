import { cpSync, linkSync, mkdirSync, renameSync, rmSync, writeFileSync, readFileSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CorpusOptions } from './corpus-options.ts';
import { defaultCorpus } from './corpus-options.ts';
import { createDice } from './dice.ts';
import { listFiles } from './list-files.ts';
import { itemMaker } from './make-item.ts';
import { planCorpus } from './plan-corpus.ts';

/** The files that are backed up: those of a corpus, which themselves are never changed. */
export interface Stage {
  readonly path: string;
  /** A file of middle size, for the case of one item. */
  readonly item: string;
  /** Changes one file in a hundred: a quarter each is appended to, replaced, new, removed. Tells how many. */
  change(): number;
  /** Brings back what was before. */
  revert(): void;
}

/** Stages a corpus in a folder that does not exist yet, by hard links where that works. */
export function stageCorpus(corpus: string, folder: string, options: Pick<CorpusOptions, 'seed'>): Stage {
  const files = [...listFiles(corpus)];
  const folders = new Set<string>();
  const put = (path: string): void => {
    const target = join(folder, path);
    if (!folders.has(dirname(target))) mkdirSync(dirname(target), { recursive: true });
    folders.add(dirname(target));
    try {
      linkSync(join(corpus, path), target);
    } catch {
      cpSync(join(corpus, path), target, { preserveTimestamps: true });
    }
  };
  for (const { path } of files) put(path);
  const bySize = files.toSorted((a, b) => a.size - b.size);
  let changed: string[] = [];
  let added: string[] = [];

  /** The file of a corpus is not written to, although it is the same file: its name here gets another one. */
  function write(path: string, bytes: Uint8Array): void {
    writeFileSync(join(folder, `${path}.new`), bytes);
    renameSync(join(folder, `${path}.new`), join(folder, path));
  }

  return {
    path: folder,
    item: bySize[bySize.length >> 1]?.path ?? '',

    change() {
      const dice = createDice(options.seed, 12);
      const count = Math.max(4, Math.round(files.length / 100));
      const mean = files.reduce((sum, { size }) => sum + size, 0) / files.length;
      // Mail that nobody had before: what is replaced and new shares nothing with the rest.
      const other = { ...defaultCorpus, seed: options.seed + 1, count, size: mean * count, shared: 0 };
      const fresh = planCorpus(other);
      const makeItem = itemMaker(other.seed);
      for (let i = 0; i < count; i += 1) {
        const { path } = dice.pick(files);
        const made = makeItem(fresh[i] as (typeof fresh)[number]).bytes;
        if (changed.includes(path)) continue;
        if (i % 4 === 3) {
          added.push(`${path}.${i}.eml`);
          write(`${path}.${i}.eml`, made);
          continue;
        }
        changed.push(path);
        if (i % 4 === 0) write(path, Buffer.concat([readFileSync(join(folder, path)), made.subarray(0, 1500)]));
        else if (i % 4 === 1) write(path, made);
        else rmSync(join(folder, path));
      }
      return changed.length + added.length;
    },

    revert() {
      for (const path of [...changed, ...added]) if (existsSync(join(folder, path))) rmSync(join(folder, path));
      for (const path of changed) put(path);
      changed = [];
      added = [];
    },
  };
}
