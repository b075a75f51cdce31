import { readFileSync } from 'node:fs';

/** How the tests of a run went. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  /** Names of the tests that were not run; where a whole group was left out and says why, the name of the group. */
  readonly skipped: readonly string[];
}

interface VitestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly ancestorTitles: readonly string[];
    }[];
  }[];
}

/** Reads the JSON report of vitest. A missing one, and a file that broke before its first test, count as a failure. */
export function readTestCounts(file: string): TestCounts {
  let report: VitestReport;
  try {
    report = JSON.parse(readFileSync(file, 'utf8')) as VitestReport;
  } catch {
    return { passed: 0, failed: 1, skipped: [] };
  }
  const tests = report.testResults.flatMap((result) => result.assertionResults);
  const broken = report.testResults.filter((r) => r.status === 'failed' && r.assertionResults.length === 0);
  return {
    passed: tests.filter((test) => test.status === 'passed').length,
    failed: tests.filter((test) => test.status === 'failed').length + broken.length,
    skipped: tests
      .filter(({ status }) => status !== 'passed' && status !== 'failed')
      .map(({ ancestorTitles, fullName }) => ancestorTitles.find((title) => title.includes('skipped')) ?? fullName),
  };
}

/** The sum of two counts. */
export function addCounts(one: TestCounts, other: TestCounts): TestCounts {
  return {
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    skipped: [...one.skipped, ...other.skipped],
  };
}
