import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchResult } from './bench-result.ts';
import { benchResult } from './bench-result.ts';
import { bare } from './contestants/bare.ts';
import { borg } from './contestants/borg.ts';
import type { CaseName, Contestant } from './contestants/contestant.ts';
import { CASES } from './contestants/contestant.ts';
import { HOLDFAST_CHILD, holdfast } from './contestants/holdfast.ts';
import { restic } from './contestants/restic.ts';
import type { CorpusOptions } from './corpus/corpus-options.ts';
import { defaultCorpus } from './corpus/corpus-options.ts';
import { makeCorpus } from './corpus/make-corpus.ts';
import { realMail } from './corpus/real-mail.ts';
import { stageCorpus } from './corpus/stage.ts';
import { buildProgram } from './measure/build-program.ts';
import { runRounds } from './measure/run-rounds.ts';

/** Everybody who can be measured, in the order of the tables. */
export const CONTESTANTS = ['holdfast', 'bare', 'bare-mime', 'restic', 'borg', 'borg-zstd'] as const;

/** What to run. */
export interface BenchOptions {
  /** @defaultValue the corpus of docs/performance.md */
  readonly corpus?: CorpusOptions | 'real' | undefined;
  /** @defaultValue all */
  readonly contestants?: readonly string[] | undefined;
  /** @defaultValue all */
  readonly cases?: readonly CaseName[] | undefined;
  /** @defaultValue 3 */
  readonly rounds?: number | undefined;
  /** Memory budget of Holdfast in bytes. @defaultValue that of the library */
  readonly memory?: number | undefined;
  /** Level of Zstandard of the bare pipeline. @defaultValue that of the engine */
  readonly level?: number | undefined;
  /** Folder for corpora, which stay there, and for what is measured, which does not. */
  readonly folder?: string | undefined;
  /** Hears what is being done. */
  readonly onRun?: ((text: string) => void) | undefined;
}

/**
 * Runs a bench: makes the corpus or takes it from an earlier run, stages it, and has every contestant do every case in
 * alternating rounds.
 */
export async function runBench(options: BenchOptions = {}): Promise<BenchResult> {
  const { rounds = 3, cases = CASES, folder = join(tmpdir(), 'holdfast-bench'), onRun } = options;
  const wanted = options.contestants ?? CONTESTANTS;
  mkdirSync(folder, { recursive: true });
  const { corpus: chosen = defaultCorpus } = options;
  onRun?.('corpus');
  const corpus = chosen === 'real' ? realMail() : await makeCorpus(chosen, folder);
  if (corpus === undefined) throw new Error('HOLDFAST_CORPUS must name a folder that has real mail in eml/');
  const work = mkdtempSync(join(folder, 'work-'));
  const built = join(work, 'built');
  const known: Readonly<Record<string, () => Contestant | undefined>> = {
    holdfast: () => holdfast(join(built, 'program.js'), { memory: options.memory }),
    bare: () => bare({ mime: false, level: options.level }),
    'bare-mime': () => bare({ mime: true, level: options.level }),
    restic,
    borg: () => borg('lz4'),
    'borg-zstd': () => borg('zstd,3'),
  };
  const found = new Map(wanted.map((name) => [name, known[name]?.()]));
  const contestants = [...found.values()].filter((one) => one !== undefined);
  const missing = wanted.filter((name) => found.get(name) === undefined);
  try {
    if (found.has('holdfast')) await buildProgram(HOLDFAST_CHILD, built);
    const stage = stageCorpus(corpus.path, join(work, 'source'), chosen === 'real' ? defaultCorpus : chosen);
    const results = await runRounds({ contestants, cases, rounds, stage, folder: work, onRun });
    return benchResult(corpus.description, rounds, contestants, missing, results);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
