import { availableParallelism, arch, platform, totalmem } from 'node:os';
import process from 'node:process';
import type { Contestant } from './contestants/contestant.ts';
import type { CorpusDescription } from './corpus/describe-corpus.ts';
import type { CaseResult } from './measure/run-rounds.ts';

/** What a bench writes as JSON. */
export interface BenchResult {
  readonly machine: {
    readonly processors: number;
    readonly memoryBytes: number;
    readonly platform: string;
    readonly node: string;
  };
  readonly corpus: CorpusDescription;
  readonly rounds: number;
  readonly contestants: readonly { readonly name: string; readonly title: string }[];
  /** Contestants asked for that are not installed. */
  readonly missing: readonly string[];
  readonly results: readonly CaseResult[];
}

/** Puts the parts of a result together. */
export function benchResult(
  corpus: CorpusDescription,
  rounds: number,
  contestants: readonly Contestant[],
  missing: readonly string[],
  results: readonly CaseResult[],
): BenchResult {
  return {
    machine: {
      processors: availableParallelism(),
      memoryBytes: totalmem(),
      platform: `${platform()} ${arch()}`,
      node: process.versions.node,
    },
    corpus,
    rounds,
    contestants: contestants.map(({ name, title }) => ({ name, title })),
    missing,
    results,
  };
}

/** Finds what a contestant took for a case. */
export function resultOf({ results }: BenchResult, contestant: string, name: string): CaseResult | undefined {
  return results.find((one) => one.contestant === contestant && one.case === name);
}
