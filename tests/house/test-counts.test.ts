import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTestCounts, type TestCounts } from '../../tools/test-counts.ts';

function count(report: string): TestCounts {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-counts-'));
  try {
    writeFileSync(join(folder, 'report.json'), report);
    return readTestCounts(join(folder, 'report.json'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const file = (status: string, ...tests: string[]): object => ({
  name: 'a.test.ts',
  status,
  assertionResults: tests.map((test) => ({ status: test, fullName: `is ${test}`, ancestorTitles: [] })),
});

describe('the count of tests', () => {
  it('adds up what passed and what failed, and names what was skipped', () => {
    const testResults = [file('passed', 'passed', 'passed', 'skipped'), file('failed', 'failed', 'passed', 'todo')];
    expect(count(JSON.stringify({ testResults }))).toEqual({
      passed: 3,
      failed: 1,
      skipped: ['is skipped', 'is todo'],
    });
  });

  it('names the group that was left out as a whole', () => {
    const test = {
      status: 'skipped',
      fullName: 'on FAT (skipped: none here) is',
      ancestorTitles: ['on FAT (skipped: none here)'],
    };
    const testResults = [{ name: 'a.test.ts', status: 'passed', assertionResults: [test, test] }];
    const group = 'on FAT (skipped: none here)';
    expect(count(JSON.stringify({ testResults })).skipped).toEqual([group, group]);
  });

  it('takes a file that broke before its first test for a failure', () => {
    expect(count(JSON.stringify({ testResults: [file('failed')] })).failed).toBe(1);
  });

  it('takes a broken report for a failure', () => {
    expect(count('{').failed).toBe(1);
  });
});
