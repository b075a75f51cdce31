import { beforeAll, describe, expect, it } from 'vitest';
import { lint } from './lint-fixture.ts';

let count = 0;
const WRONG: Readonly<Record<string, readonly [rule: string, code: string]>> = {
  'clock.ts': ['no-restricted-properties', 'export const now: number = Date.now();\n'],
  'new-date.ts': ['no-new-date', 'export const now: Date = new Date();\n'],
  'date-text.ts': ['no-new-date', 'export const now: string = Date();\n'],
  'random.ts': ['no-restricted-properties', 'export const dice: number = Math.random();\n'],
  'prints.ts': ['no-console', "export function hello(): void {\n  console.log('hello');\n}\n"],
  'all.ts': ['no-export-all', "export * from './clock.ts';\n"],
  'default.ts': ['no-default-export', 'export default 1;\n'],
  'any.ts': ['no-explicit-any', 'export const thing: any = 1;\n'],
  'long.ts': ['max-lines', 'export const line: number = 1;\n'.repeat(401).replaceAll('line', () => `l${count++}`)],
  'floating.ts': ['no-floating-promises', 'export function go(): void {\n  Promise.resolve(1);\n}\n'],
  'round-a.ts': ['no-cycle', "import { b } from './round-b.ts';\nexport const a: number = b;\n"],
  'round-b.ts': ['no-cycle', "import { a } from './round-a.ts';\nexport const b: number = a;\n"],
};

describe('the lint rules of packages', () => {
  let broken: Record<string, string[]>;

  beforeAll(async () => {
    broken = await lint({
      ...Object.fromEntries(Object.entries(WRONG).map(([file, [, code]]) => [`packages/core/src/${file}`, code])),
      'packages/core/src/right.ts': 'export const start: Date = new Date(0);\n',
      'packages/core/test/right.ts': 'export const start: number = Date.now();\n',
    });
  });

  for (const [file, [rule]] of Object.entries(WRONG)) {
    it(`${rule} finds ${file}`, () => {
      expect(broken[`packages/core/src/${file}`]).toContain(rule);
    });
  }

  it('find nothing where nothing is wrong', () => {
    expect(broken['packages/core/src/right.ts']).toEqual([]);
    expect(broken['packages/core/test/right.ts']).toEqual([]);
  });
});
