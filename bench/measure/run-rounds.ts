import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import type { CaseName, Contestant, Ground } from '../contestants/contestant.ts';
import { CASES } from '../contestants/contestant.ts';
import { listFiles } from '../corpus/list-files.ts';
import type { Stage } from '../corpus/stage.ts';
import { compareFolders } from './compare-folders.ts';
import type { Measured } from './run-measured.ts';
import { runMeasured } from './run-measured.ts';
import type { Summary } from './summary.ts';
import { summarise } from './summary.ts';

/** What to measure. */
export interface RoundsOptions {
  readonly contestants: readonly Contestant[];
  readonly cases: readonly CaseName[];
  readonly rounds: number;
  readonly stage: Stage;
  /** Folder for repositories and what is restored; what is in it afterwards can go. */
  readonly folder: string;
  /** Hears what is being done. */
  readonly onRun?: ((text: string) => void) | undefined;
}

/** What one contestant took for one case. */
export interface CaseResult {
  readonly contestant: string;
  readonly case: CaseName;
  readonly wallSeconds: Summary | undefined;
  readonly cpuSeconds: Summary | undefined;
  readonly peakBytes: Summary | undefined;
  /** Bytes in the repository after the case. */
  readonly storedBytes: number;
  /** Files in the repository after the case. */
  readonly objects: number;
  /** Calls to the storage, where the contestant tells. */
  readonly requests: number | undefined;
}

interface Run extends Measured {
  readonly contestant: string;
  readonly case: CaseName;
  readonly storedBytes: number;
  readonly objects: number;
}

/** What is changed is backed up last: before that, the latest snapshot is the corpus. */
const ORDER = CASES.toSorted((a, b) => Number(a === 'changed') - Number(b === 'changed'));

/**
 * Runs every case with every contestant, one after the other, as often as asked, each round from nothing and with another
 * one first. What was restored in the first round is compared with the source, byte by byte.
 *
 * @throws An error if a contestant fails or restores something else.
 */
export async function runRounds(options: RoundsOptions): Promise<readonly CaseResult[]> {
  const { contestants, cases, rounds, stage, folder, onRun } = options;
  const runs: Run[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const turn = [
      ...contestants.slice(round % contestants.length),
      ...contestants.slice(0, round % contestants.length),
    ];
    const grounds = new Map(turn.map((contestant) => [contestant, groundOf(contestant.name)]));
    for (const [contestant, ground] of grounds) {
      const preparing = contestant.prepare(ground);
      if (preparing) await runMeasured(preparing);
    }
    for (const name of ORDER) {
      // Everything else needs the first backup.
      if (name !== 'first' && !cases.includes(name)) continue;
      if (name === 'changed') stage.change();
      for (const [contestant, ownGround] of grounds) {
        const ground = { ...ownGround, target: join(ownGround.target, `${round + 1}-${name}`) };
        mkdirSync(ground.target, { recursive: true });
        // What an earlier one left to be written to the disk is not for this one to wait for.
        spawnSync('sync');
        const measured = await runMeasured(contestant.command(name, ground));
        const stored = [...listFiles(ground.repository)].map(({ size }) => size);
        const storedBytes = stored.reduce((sum, size) => sum + size, 0);
        runs.push({ ...measured, contestant: contestant.name, case: name, storedBytes, objects: stored.length });
        onRun?.(`round ${round + 1}  ${contestant.name}  ${name}  ${measured.wallSeconds.toFixed(2)} s`);
        if (name === 'restore' || name === 'item') {
          const expected = name === 'item' ? [stage.item] : [...listFiles(stage.path)].map(({ path }) => path);
          if (round === 0) compareFolders(stage.path, ground.target, expected, contestant.name);
          emptyFiles(ground.target);
        }
      }
      if (name === 'changed') stage.revert();
    }
    for (const { repository, aside } of grounds.values()) {
      rmSync(repository, { recursive: true, force: true });
      rmSync(aside, { recursive: true, force: true });
    }
  }
  return cases.flatMap((name) =>
    contestants.map((contestant) =>
      sumUp(runs.filter((run) => run.case === name && run.contestant === contestant.name)),
    ),
  );

  function groundOf(name: string): Ground {
    const own = join(folder, name);
    mkdirSync(join(own, 'aside'), { recursive: true });
    const { path: source, item } = stage;
    return {
      source,
      item,
      repository: join(own, 'repository'),
      aside: join(own, 'aside'),
      target: join(own, 'target'),
    };
  }
}

/**
 * Gives the room of what was restored back. Deleting it would cost whoever restores next: for minutes, ext4 looks at each
 * place of a file that was deleted before it makes a new one.
 */
function emptyFiles(folder: string): void {
  for (const { path } of listFiles(folder)) truncateSync(join(folder, path));
}

function sumUp(runs: readonly Run[]): CaseResult {
  const last = runs.at(-1);
  if (last === undefined) throw new RangeError('nothing was run');
  return {
    contestant: last.contestant,
    case: last.case,
    wallSeconds: summarise(runs.map(({ wallSeconds }) => wallSeconds)),
    cpuSeconds: summarise(runs.map(({ cpuSeconds }) => cpuSeconds)),
    peakBytes: summarise(runs.map(({ peakBytes }) => peakBytes)),
    storedBytes: last.storedBytes,
    objects: last.objects,
    requests: requestsIn(last.stdout),
  };
}

/** Children of ours tell their requests in a last line of JSON. */
function requestsIn(stdout: string): number | undefined {
  const line = stdout.trim().split('\n').at(-1) ?? '';
  return line.startsWith('{"requests"') ? (JSON.parse(line) as { readonly requests: number }).requests : undefined;
}
