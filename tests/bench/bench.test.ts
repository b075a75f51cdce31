import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BenchResult } from '../../bench/bench-result.ts';
import { resultOf } from '../../bench/bench-result.ts';
import { joinMail } from '../../bench/bare/join-mail.ts';
import { splitMail } from '../../bench/bare/split-mail.ts';
import { parseOptions } from '../../bench/bench-options.ts';
import { CASES } from '../../bench/contestants/contestant.ts';
import type { CorpusOptions } from '../../bench/corpus/corpus-options.ts';
import { defaultCorpus } from '../../bench/corpus/corpus-options.ts';
import { itemMaker } from '../../bench/corpus/make-item.ts';
import { makeCorpus } from '../../bench/corpus/make-corpus.ts';
import { planCorpus } from '../../bench/corpus/plan-corpus.ts';
import { stageCorpus } from '../../bench/corpus/stage.ts';
import { listFiles } from '../../bench/corpus/list-files.ts';
import { pageTables } from '../../bench/report/page.ts';
import { alignedTable, resultRows } from '../../bench/report/table.ts';
import { runBench } from '../../bench/run-bench.ts';
import { runGrowth } from '../../bench/growth/run-growth.ts';

const TINY: CorpusOptions = { ...defaultCorpus, size: 6e6, count: 120 };
const WINDOWS = process.platform === 'win32';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('the corpus of the bench', () => {
  it('has the same bytes on every machine', () => {
    const makeItem = itemMaker(TINY.seed);
    const digest = createHash('sha256');
    for (const item of planCorpus(TINY)) digest.update(makeItem(item).path).update(makeItem(item).bytes);
    expect(digest.digest('hex')).toBe('30e8052c8b85028a0402f0289f9188cf6914096807dd32511d4c040a851ef202');
  });

  it('has the size, the number of files and the shared attachments asked for', async () => {
    const { path, description } = await makeCorpus(TINY, folder);
    expect([...listFiles(path)]).toHaveLength(120);
    expect(description.bytes / TINY.size).toBeGreaterThan(0.85);
    expect(description.bytes / TINY.size).toBeLessThan(1.15);
    // So small a corpus has few attachments to share; the usual one comes to 0.30.
    expect(description.sharedBytes).toBeGreaterThan(0.2);
    expect(description.sharedBytes).toBeLessThan(0.7);
    const without = planCorpus({ ...TINY, shared: 0 }).flatMap(({ attachments }) => attachments);
    expect(new Set(without.map(({ content }) => content)).size).toBe(without.length);
  });

  it('is changed in one file of a hundred at a time, by name only, and back', async () => {
    const { path } = await makeCorpus(TINY, folder);
    const list = (of: string): string[] =>
      [...listFiles(of)].map((file) => `${file.path} ${file.size} ${file.modified}`);
    const before = list(path);
    const stage = stageCorpus(path, join(folder, 'stage'), TINY);
    expect(list(stage.path)).toEqual(before);
    expect(stage.change()).toBeGreaterThanOrEqual(3);
    expect(list(stage.path)).not.toEqual(before);
    expect(list(path)).toEqual(before);
    stage.revert();
    expect(list(stage.path)).toEqual(before);
  });
});

describe('the bare pipeline', () => {
  it('takes mail apart and decodes most of what is attached, and joins the same bytes', () => {
    const makeItem = itemMaker(TINY.seed);
    let decoded = 0;
    for (const item of planCorpus(TINY)) {
      const { path, bytes } = makeItem(item);
      if (!path.endsWith('.eml')) continue;
      const { pieces, segments } = splitMail(bytes) ?? {
        pieces: [bytes],
        segments: [{ source: 0, length: bytes.length }],
      };
      decoded += segments.filter((segment) => 'line' in segment).length;
      const joined = joinMail(
        segments,
        pieces.map((piece) => Buffer.from(piece)),
        bytes.length,
      );
      expect(joined.equals(bytes)).toBe(true);
    }
    const attached = planCorpus(TINY).reduce((sum, { attachments }) => sum + attachments.length, 0);
    expect(decoded / attached).toBeGreaterThan(0.9);
  });
});

describe.skipIf(WINDOWS)('npm run bench', () => {
  let result: BenchResult;
  beforeAll(async () => {
    const contestants = ['holdfast', 'bare', 'bare-mime'];
    result = await runBench({ corpus: TINY, contestants, rounds: 1, folder });
  }, 120_000);

  it('measures every case of every contestant, and what they restore is what they were given', () => {
    for (const { name } of result.contestants) {
      for (const one of CASES) {
        const { wallSeconds, cpuSeconds, storedBytes } = resultOf(result, name, one) ?? {};
        expect(wallSeconds?.median).toBeGreaterThan(0);
        expect(cpuSeconds?.median).toBeGreaterThan(0);
        expect(storedBytes).toBeGreaterThan(1e6);
      }
    }
    expect(result.missing).toEqual([]);
  });

  it('tells the requests of Holdfast', () => {
    expect(resultOf(result, 'holdfast', 'first')?.requests).toBeGreaterThan(3);
  });

  it('prints a table, and another for the page', () => {
    expect(alignedTable(resultRows(result)).split('\n')).toHaveLength(1 + 3 * CASES.length);
    expect(pageTables(result)).toContain('| wall, s: median (least to most) | first backup');
  });

  it('measures how cost grows', async () => {
    const growth = await runGrowth({ counts: [50, 100], folder });
    expect(growth.map((one) => [one.items, one.case])).toEqual([
      [50, 'first'],
      [50, 'unchanged'],
      [100, 'first'],
      [100, 'unchanged'],
    ]);
    expect(growth.every(({ wallSeconds }) => (wallSeconds?.median ?? 0) > 0)).toBe(true);
  });
});

describe('the options of the bench', () => {
  it('are sizes with units, names and numbers', () => {
    const options = parseOptions(['--size', '1.5GB', '--only', 'holdfast,bare', '--memory', '128MiB', '--rounds', '5']);
    expect(options).toMatchObject({
      corpus: { size: 1.5e9 },
      contestants: ['holdfast', 'bare'],
      memory: 2 ** 27,
      rounds: 5,
    });
  });

  it.each([
    ['--only', 'nobody'],
    ['--cases', 'none'],
    ['--size', 'big'],
    ['--shared', '2'],
    ['--mix', 'jpeg=x'],
    ['--what'],
  ])('are refused where they make no sense: %s %s', (...args) => {
    expect(() => parseOptions(args.filter((one) => typeof one === 'string'))).toThrow(/./);
  });

  it('stand in the help, each of them', () => {
    const source = readFileSync(new URL('../../bench/bench-options.ts', import.meta.url), 'utf8');
    for (const [, name] of source.matchAll(/^ {6}(\w+): (?:text|flag),$/gm)) expect(source).toContain(`  --${name}`);
  });
});
