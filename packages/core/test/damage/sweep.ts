import { cuts, exchanges, extensions, flips, foreigners, removals } from './alterations.ts';
import type { Alteration, Positions } from './alterations.ts';
import { damageSample } from './sample.ts';
import { meetDamage, truthOf } from './trial.ts';
import type { Outcome } from './trial.ts';

/** How thoroughly to sweep: every n-th byte flipped, every n-th length cut to. All else is always tried. */
export interface SweepOptions {
  readonly encryption: 'encrypted' | 'clear';
  readonly flipEvery: number;
  readonly cutEvery: number;
  /** Decides where counting begins, which bits are flipped, and what is random in the sample. */
  readonly seed: number;
}

/** What came of all alterations of one sample. */
export interface SweepReport {
  readonly objects: number;
  readonly bytes: number;
  /** Trials by what was done. */
  readonly tried: Readonly<Record<Alteration['kind'], number>>;
  /** Trials by how they ended. */
  readonly ended: Readonly<Record<Outcome['verdict'], number>>;
  /** What must not be, with the alteration that brought it about. */
  readonly complaints: readonly string[];
}

/** Makes a sample and alters it in every way there is, one at a time. */
export async function sweepDamage({ encryption, flipEvery, cutEvery, seed }: SweepOptions): Promise<SweepReport> {
  const sample = await damageSample({ encryption, seed });
  const truth = await truthOf(sample);
  const { objects, key } = sample;
  const tried = { flip: 0, cut: 0, extension: 0, removal: 0, exchange: 0, foreign: 0 };
  const ended = { refused: 0, named: 0, earlier: 0 };
  const complaints: string[] = [];

  async function* alterations(): AsyncGenerator<Alteration> {
    yield* removals(objects);
    yield* exchanges(objects);
    yield* extensions(objects);
    yield* flips(objects, { step: flipEvery, seed } satisfies Positions);
    yield* cuts(objects, { step: cutEvery, seed } satisfies Positions);
    // Without a key nothing ties an object to its repository.
    if (key !== 'none') yield* foreigners(objects, (await damageSample({ encryption, seed: seed + 1, key })).objects);
  }

  for await (const alteration of alterations()) {
    const outcome = await meetDamage(truth, alteration);
    tried[alteration.kind] += 1;
    ended[outcome.verdict] += 1;
    complaints.push(...outcome.complaints.map((complaint) => `${alteration.title}: ${complaint}`));
  }
  const bytes = [...objects.values()].reduce((sum, object) => sum + object.bytes.length, 0);
  return { objects: objects.size, bytes, tried, ended, complaints };
}
