import process from 'node:process';
import { defaultExclude, defineConfig } from 'vitest/config';

const { SLOW, HOLDFAST_TEST_REPORT: report } = process.env;

/** Files that need a process for themselves: they count the memory of it, or put something in the place of a module. */
const ALONE = [
  'packages/core/test/backup/odd-data.test.ts',
  'packages/core/test/store/part-stream.test.ts',
  'packages/destinations/test/local/no-hard-links.test.ts',
];

/**
 * One group of tests, which a gate can run alone: `vitest run --project packages`. Its files come one after the other in
 * processes that have loaded, and compiled, what they test before; with `isolate` each has one of its own.
 */
function project(
  name: string,
  include: string[],
  {
    benchmarks = [],
    exclude = [],
    isolate = false,
  }: { benchmarks?: string[]; exclude?: string[]; isolate?: boolean } = {},
) {
  const benchmark = { include: benchmarks };
  return {
    extends: true as const,
    test: { name, include, exclude: [...defaultExclude, ...exclude], isolate, benchmark },
  };
}

export default defineConfig({
  test: {
    projects: [
      project('packages', ['packages/*/test/**/*.test.ts'], {
        benchmarks: ['bench/**/*.bench.ts', 'packages/*/bench/**/*.bench.ts'],
        exclude: ALONE,
      }),
      project('alone', ALONE, { isolate: true }),
      project('tests', ['tests/**/*.test.ts']),
      project('examples', ['examples/**/*.test.ts']),
      project('docs', ['docs/*.test.ts']),
    ],
    // One less than there are processors, which is the default, leaves half of a small machine idle.
    maxWorkers: '100%',
    globalSetup: ['tools/corpus-notice.ts'],
    testTimeout: SLOW ? 600_000 : 30_000,
    hookTimeout: SLOW ? 600_000 : 30_000,
    // tools/check.ts counts the tests in this file.
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
    coverage: {
      provider: 'v8',
      include: ['packages/*/src/**/*.ts'],
      exclude: ['packages/*/src/**/index.ts'],
      reporter: ['text', 'lcov'],
    },
  },
});
