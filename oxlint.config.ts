import { defineConfig } from 'oxlint';
import { importOverrides } from './tools/import-direction.ts';

/** Tables and generated data, which may be longer than 400 lines. */
const LONG_TABLES: string[] = [];

export default defineConfig({
  plugins: ['eslint', 'typescript', 'unicorn', 'oxc', 'import', 'promise', 'node', 'vitest', 'jsdoc'],
  jsPlugins: ['./tools/lint-rules.ts'],
  options: { typeAware: true, denyWarnings: true, reportUnusedDisableDirectives: 'error' },
  categories: { correctness: 'error', suspicious: 'error', perf: 'warn' },
  ignorePatterns: ['**/dist', 'docs/site', 'docs/.examples', '**/.tmp'],
  rules: {
    'max-lines': ['error', { max: 400 }],
    'import/no-cycle': 'error',
    'jsdoc/check-tag-names': [
      'error',
      { definedTags: ['packageDocumentation', 'defaultValue', 'typeParam', 'remarks'] },
    ],
    'typescript/consistent-type-imports': 'error',
    'typescript/no-explicit-any': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    // One thing after the other is often the point.
    'eslint/no-await-in-loop': 'off',
    // It does not see that a closure modifies.
    'eslint/no-unmodified-loop-condition': 'off',
    'eslint/no-unused-vars': ['error', { ignoreRestSiblings: true, argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    'import/no-named-as-default-member': 'off',
    'jsdoc/require-yields': 'off',
    'oxc/no-map-spread': 'off',
    'promise/always-return': 'off',
    'promise/no-callback-in-promise': 'off',
    // The compiler does it, and knows which switches are exhaustive.
    'typescript/consistent-return': 'off',
    'typescript/no-unsafe-type-assertion': 'off',
    'unicorn/consistent-function-scoping': 'off',
    // A function that asserts says so in its name.
    'vitest/expect-expect': ['error', { assertFunctionNames: ['expect*', 'assert*', 'fc.assert'] }],
    'vitest/no-conditional-expect': 'off',
    'vitest/valid-title': ['error', { ignoreTypeOfTestName: true }],
    'vitest/valid-expect': ['error', { maxArgs: 2 }],
    'unicorn/prefer-set-has': 'off',
    'unicorn/require-post-message-target-origin': 'off',
  },
  overrides: [
    {
      files: ['packages/*/src/**'],
      rules: {
        'house/no-new-date': 'error',
        'house/no-export-all': 'error',
        'import/no-default-export': 'error',
        'no-console': 'error',
        'no-restricted-properties': [
          'error',
          { object: 'Date', property: 'now', message: 'Ask the Clock passed in.' },
          { object: 'Math', property: 'random', message: 'Ask the Randomness passed in.' },
        ],
      },
    },
    {
      files: ['**/test/**', 'tests/**', 'bench/**'],
      rules: {
        'typescript/no-base-to-string': 'off',
        'typescript/no-unnecessary-type-assertion': 'off',
        'typescript/require-array-sort-compare': 'off',
        'typescript/unbound-method': 'off',
        'vitest/require-to-throw-message': 'off',
      },
    },
    ...(LONG_TABLES.length > 0 ? [{ files: LONG_TABLES, rules: { 'max-lines': 'off' as const } }] : []),
    ...importOverrides(),
  ],
});
