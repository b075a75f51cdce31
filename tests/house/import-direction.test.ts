import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { packageRules } from '../../tools/import-direction.ts';
import { root } from '../../tools/run-command.ts';
import { lint } from './lint-fixture.ts';

const PACKAGES = ['contracts', 'crypto', 'core', 'destinations', 'exchange-source', 'files', 'testkit', 'simulators'];

// Written out a second time on purpose: a slip in the table must not pass for the rule.
const ALLOWED = new Set([
  'crypto contracts',
  'core contracts',
  'core crypto',
  'destinations contracts',
  'exchange-source contracts',
  'files contracts',
  'testkit contracts',
  'simulators contracts',
]);

describe('the direction of imports', () => {
  const edges = PACKAGES.flatMap((from) => PACKAGES.map((to) => ({ from, to, allowed: ALLOWED.has(`${from} ${to}`) })));
  const others: { readonly file: string; readonly imports: string; readonly allowed: boolean }[] = [
    { file: 'packages/core/src/a.ts', imports: '../../crypto/src/index.ts', allowed: false },
    { file: 'packages/core/src/deep/down/b.ts', imports: '../../../../crypto/src/index.ts', allowed: false },
    { file: 'packages/core/src/c.ts', imports: '@holdfast/destinations/local', allowed: false },
    { file: 'packages/core/src/d.ts', imports: './a.ts', allowed: true },
    { file: 'packages/core/src/e.ts', imports: 'cborg', allowed: true },
    { file: 'packages/contracts/src/a.ts', imports: 'cborg', allowed: false },
    { file: 'packages/contracts/src/b.ts', imports: 'node:crypto', allowed: true },
    { file: 'packages/contracts/src/c.ts', imports: './a.ts', allowed: true },
    { file: 'packages/destinations/src/local/a.ts', imports: '../memory/index.ts', allowed: false },
    { file: 'packages/destinations/src/memory/a.ts', imports: '../local/index.ts', allowed: false },
    { file: 'packages/destinations/src/internal/a.ts', imports: '../local/index.ts', allowed: false },
    { file: 'packages/destinations/src/local/b.ts', imports: '../internal/a.ts', allowed: true },
    { file: 'packages/destinations/src/local/c.ts', imports: './b.ts', allowed: true },
    { file: 'examples/a.ts', imports: '../packages/core/src/index.ts', allowed: false },
    { file: 'examples/b.ts', imports: '@holdfast/core', allowed: true },
  ];
  const fileOf = (from: string, to: string): string => `packages/${from}/src/edge-${to}.ts`;
  let broken: Record<string, string[]>;

  beforeAll(async () => {
    broken = await lint(
      Object.fromEntries([
        ...edges.map(({ from, to }) => [fileOf(from, to), `export type * as other from '@holdfast/${to}';\n`]),
        ...others.map(({ file, imports }) => [file, `import '${imports}';\n`]),
      ]) as Record<string, string>,
    );
  });

  for (const { from, to, allowed } of edges) {
    it(`${allowed ? 'lets' : 'does not let'} ${from} import ${to}`, () => {
      expect(broken[fileOf(from, to)]?.includes('no-restricted-imports')).toBe(!allowed);
    });
  }

  for (const { file, imports, allowed } of others) {
    it(`${allowed ? 'lets' : 'does not let'} ${file} import ${imports}`, () => {
      expect(broken[file]?.includes('no-restricted-imports')).toBe(!allowed);
    });
  }
});

describe('the table of packages', () => {
  const folders = globSync('packages/*/package.json', { cwd: root }).map((file) => basename(join(file, '..')));

  it('has a row for each package, and no other', () => {
    expect(Object.keys(packageRules).toSorted()).toEqual(folders.toSorted());
  });

  it.each(Object.entries(packageRules))('is what the manifest of %s says', (name, { workspace, npm = true }) => {
    const manifest = readJson(`packages/${name}/package.json`);
    const dependencies = Object.keys((manifest['dependencies'] ?? {}) as object);
    const inside = dependencies.filter((dependency) => dependency.startsWith('@holdfast/'));
    expect(inside.toSorted()).toEqual(workspace.map((other) => `@holdfast/${other}`).toSorted());
    expect(npm || dependencies.length === 0).toBe(true);
  });

  it.each(Object.entries(packageRules))('is what the tsconfig.json of %s refers to', (name, { workspace }) => {
    const references = readJson(`packages/${name}/tsconfig.json`)['references'] as { readonly path: string }[];
    expect(references.map(({ path }) => path).toSorted()).toEqual(workspace.map((other) => `../${other}`).toSorted());
  });

  it.each(Object.entries(packageRules))('knows the drivers of %s', (name, { drivers }) => {
    const source = join(root, 'packages', name, 'src');
    if (drivers === undefined || !existsSync(source)) return;
    const found = readdirSync(source, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(found.map((entry) => entry.name).filter((folder) => folder !== 'internal')).toEqual(
      Object.keys(drivers).toSorted(),
    );
  });
});

function readJson(file: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(root, file), 'utf8')) as Record<string, unknown>;
}
