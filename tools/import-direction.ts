/**
 * Who may import whom: the one table. `oxlint.config.ts` makes lint rules of it, `tests/house/import-direction.test.ts`
 * holds the manifests of the packages against it.
 *
 * To add a package or a driver, add its row here.
 */

/** What one package may import. */
export interface PackageRule {
  /** The packages of this workspace it may import, by folder name. All others are forbidden. */
  readonly workspace: readonly string[];
  /** `false`: nothing from npm at all. */
  readonly npm?: boolean;
  /** Folders of `src` that must not know one another, each with the optional SDKs that it alone may import. */
  readonly drivers?: Readonly<Record<string, readonly string[]>>;
}

/** The packages by folder name. */
export const packageRules: Readonly<Record<string, PackageRule>> = {
  contracts: { workspace: [], npm: false },
  crypto: { workspace: ['contracts'] },
  core: { workspace: ['contracts', 'crypto'] },
  destinations: { workspace: ['contracts'], drivers: { local: [], memory: [] } },
  'exchange-source': { workspace: ['contracts'] },
  files: { workspace: ['contracts'] },
  testkit: { workspace: ['contracts'] },
  simulators: { workspace: ['contracts'] },
};

/** One pattern of forbidden imports, in the form of the lint rule `no-restricted-imports`. */
export interface ForbiddenImport {
  /** Matches the import as it is written. */
  readonly regex: string;
  /** What lint says. */
  readonly message: string;
}

/** The lint rule for some files. */
export interface ImportOverride {
  /** Globs from the root of the workspace. */
  readonly files: string[];
  /** The rule with its patterns. */
  readonly rules: { readonly 'no-restricted-imports': ['error', { readonly patterns: ForbiddenImport[] }] };
}

// The regular expressions of oxlint know no look-ahead.
const NEITHER_RELATIVE_NOR_NODE = '^(?:[^.n]|n[^o]|no[^d]|nod[^e]|node[^:])';

/** Makes the lint rules out of a table. A later one replaces an earlier one for the files they share. */
export function importOverrides(rules: typeof packageRules = packageRules): ImportOverride[] {
  const overrides: ImportOverride[] = [];
  const forbid = (files: string, patterns: ForbiddenImport[]): void => {
    overrides.push({ files: [files], rules: { 'no-restricted-imports': ['error', { patterns }] } });
  };
  for (const [name, { workspace, npm = true, drivers = {} }] of Object.entries(rules)) {
    const forbidden = Object.keys(rules).filter((other) => !workspace.includes(other));
    const direction: ForbiddenImport[] = [
      {
        regex: `^@holdfast/${oneOf(forbidden)}(?:/|$)`,
        message: `${name} may import ${workspace.join(', ') || 'no other package'}: see tools/import-direction.ts`,
      },
      {
        regex: `^(?:\\.\\./)+(?:packages/)?${oneOf(Object.keys(rules))}/(?:src|dist|test)/`,
        message: 'import another package by its name, not by its path',
      },
    ];
    if (!npm) direction.push({ regex: NEITHER_RELATIVE_NOR_NODE, message: `${name} has no dependencies` });
    const sdks = Object.values(drivers).flat();
    forbid(`packages/${name}/src/**`, [...direction, ...otherDrivers(Object.keys(drivers)), ...foreignSdks(sdks)]);
    for (const [driver, own] of Object.entries(drivers)) {
      forbid(`packages/${name}/src/${driver}/**`, [
        ...direction,
        ...otherDrivers(Object.keys(drivers).filter((other) => other !== driver)),
        ...foreignSdks(sdks.filter((sdk) => !own.includes(sdk))),
      ]);
    }
  }
  forbid('examples/**', [
    { regex: '^(?:\\.\\./)+packages/', message: 'an example imports what a user can import: the packages by name' },
  ]);
  return overrides;
}

function otherDrivers(names: readonly string[]): ForbiddenImport[] {
  if (names.length === 0) return [];
  return [{ regex: `^\\.\\.?/(?:\\.\\./)*${oneOf(names)}(?:/|$)`, message: 'a driver imports no other driver' }];
}

function foreignSdks(names: readonly string[]): ForbiddenImport[] {
  if (names.length === 0) return [];
  return [{ regex: `^${oneOf(names)}(?:/|$)`, message: 'only the driver of that service loads its SDK' }];
}

function oneOf(names: readonly string[]): string {
  return `(?:${names.map((name) => name.replaceAll(/[.*+?^${}()|[\]\\/-]/g, String.raw`\$&`)).join('|')})`;
}
