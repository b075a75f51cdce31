import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run-command.ts';

/** A ```ts block of a Markdown file or of a doc comment. */
export interface Fence {
  /** Where it begins, as `file:line`. */
  readonly place: string;
  /** Its text, without the stars of a comment. */
  readonly code: string;
  /** Whether it is run, and not only compiled. */
  readonly runs: boolean;
  /** What its lines `console.log(…); // expected` say it prints. */
  readonly prints: readonly string[];
}

const SOURCES = ['*.md', 'docs/**/*.md', 'packages/*/README.md', 'packages/*/src/**/*.ts'];
const FENCE =
  /^(?<margin>[ \t]*(?:\*[ \t]?)?)```ts(?![a-z])(?<flags>[^\n]*)\n(?<body>[\s\S]*?)^[ \t]*(?:\*[ \t]?)?```/gm;

/**
 * Finds the blocks of the whole workspace.
 *
 * A block marked `no-run` (```ts no-run) is compiled only; so is one with a `declare`, since what it declares is nowhere,
 * and one that is a test of vitest.
 */
export function findFences(): Fence[] {
  const files = globSync(SOURCES, { cwd: root, exclude: ['**/node_modules/**', 'docs/site/**'] });
  return files.toSorted().flatMap((file) => fencesOf(file, readFileSync(join(root, file), 'utf8')));
}

/** Finds the blocks of one text. */
export function fencesOf(file: string, text: string): Fence[] {
  return [...text.replaceAll('\r\n', '\n').matchAll(FENCE)].map((match) => {
    const { margin = '', flags = '', body = '' } = match.groups ?? {};
    const code = margin.includes('*') ? body.replaceAll(/^[ \t]*\*[ \t]?/gm, '') : body;
    return {
      place: `${file.replaceAll('\\', '/')}:${text.slice(0, match.index).split('\n').length}`,
      code,
      runs: !/\bno-run\b/.test(flags) && !/^\s*declare |from 'vitest'/m.test(code),
      prints: [...code.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map((line) => line[1] ?? ''),
    };
  });
}
