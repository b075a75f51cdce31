import process from 'node:process';
import { defineConfig } from 'vitest/config';

const { SLOW, HOLDFAST_TEST_REPORT: report } = process.env;

/** One group of tests, which a gate can run alone: `vitest run --project packages`. */
function project(name: string, include: string[], benchmarks: string[] = []) {
  return { extends: true as const, test: { name, include, benchmark: { include: benchmarks } } };
}

export default defineConfig({
  test: {
    projects: [
      project('packages', ['packages/*/test/**/*.test.ts'], ['bench/**/*.bench.ts', 'packages/*/bench/**/*.bench.ts']),
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
