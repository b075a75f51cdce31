import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root, runCommand } from '../../tools/run-command.ts';

interface Diagnostic {
  readonly filename: string;
  readonly code: string;
}

/**
 * Lints files as if they were part of this workspace: in a copy of its rules, outside of it.
 *
 * @returns for each file, the names of the rules it breaks
 */
export async function lint(files: Readonly<Record<string, string>>): Promise<Record<string, string[]>> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-lint-')));
  try {
    cpSync(join(root, 'oxlint.config.ts'), join(folder, 'oxlint.config.ts'));
    cpSync(join(root, 'package.json'), join(folder, 'package.json'));
    // No tsconfig.json: with references to projects that are not there, oxlint resolves no import at all.
    cpSync(join(root, 'tools'), join(folder, 'tools'), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    const { stdout, output } = await runCommand('oxlint', ['--format', 'json', 'packages', 'examples'], {
      cwd: folder,
    });
    if (!stdout.startsWith('{')) throw new Error(output);
    const { diagnostics } = JSON.parse(stdout) as { readonly diagnostics: readonly Diagnostic[] };
    return Object.fromEntries(
      Object.keys(files).map((name) => [
        name,
        diagnostics
          .filter((found) => found.filename.replaceAll('\\', '/').endsWith(name))
          .map((found) => found.code.replace(/^.*\((.*)\)$/, '$1')),
      ]),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
