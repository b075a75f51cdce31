/**
 * Writes down what each package exports, in `packages/<name>/surface.md`, so that a change of the public API is seen in
 * review and is never an accident:
 *
 *   pnpm surface             fails if a report is not what the code exports, or changed without a changeset
 *   pnpm surface --update    writes the reports
 *
 * It reads the declarations that `tsc -b` makes. It lives in docs/ because only here is a TypeScript with an API.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import process from 'node:process';
import ts from 'typescript';
import { root, runCommand } from '../tools/run-command.ts';

interface Manifest {
  readonly name: string;
  readonly publishConfig: { readonly exports: Readonly<Record<string, { readonly types: string } | string>> };
}

const problems: string[] = [];
const update = process.argv.includes('--update');

const folders = globSync('packages/*/package.json', { cwd: root }).map((file) => join(root, dirname(file)));
const compiled = await runCommand('tsc', ['-b', '--pretty', 'false', ...folders]);
if (compiled.code !== 0) problems.push(compiled.output);

for (const folder of folders.toSorted()) {
  try {
    checkPackage(folder);
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
  }
}
problems.push(...(await changesWithoutChangeset()));

for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;

function checkPackage(folder: string): void {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  const report = describePackage(manifest, folder);
  const reportFile = join(folder, 'surface.md');
  if (/\bBuffer\b/.test(report)) problems.push(`${manifest.name} exports a type with Buffer: say Uint8Array`);
  if (update) writeFileSync(reportFile, report);
  else if (readIfThere(reportFile) !== report) {
    problems.push(`${relative(root, reportFile)} is not what the code exports: pnpm surface --update`);
  }
}

/** The report of one package: every exported declaration, sorted by name, without comments. */
function describePackage({ name, publishConfig }: Manifest, folder: string): string {
  const parts = [`# ${name}\n\nWritten by \`pnpm surface --update\`: what this package exports.\n`];
  for (const [subpath, target] of Object.entries(publishConfig.exports)) {
    if (typeof target === 'string') continue;
    parts.push(
      `## ${name}${subpath.slice(1)}\n\n\`\`\`ts\n${exportsOf(join(folder, target.types)).join('\n')}\n\`\`\`\n`,
    );
  }
  return parts.join('\n');
}

function exportsOf(file: string): string[] {
  const program = ts.createProgram([file], {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2024,
    noLib: true,
  });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const symbol = source && checker.getSymbolAtLocation(source);
  if (source === undefined || symbol === undefined) throw new Error(`${file} is missing or exports nothing`);
  const printer = ts.createPrinter({ removeComments: true });
  return checker
    .getExportsOfModule(symbol)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((exported) => {
      const target = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      const text = (target.declarations ?? []).map((declaration) => {
        const node = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
        return printer.printNode(ts.EmitHint.Unspecified, node, declaration.getSourceFile());
      });
      if (text.length === 0) throw new Error(`${file}: the declaration of ${exported.name} is not found`);
      const renamed = target.name === exported.name ? '' : `// ${target.name} as ${exported.name}\n`;
      return renamed + text.join('\n').replaceAll(/^export (?:declare )?|^declare /gm, '');
    });
}

/** A report that differs from the branch point needs a changeset that is new or changed since then. */
async function changesWithoutChangeset(): Promise<string[]> {
  for (const branch of ['origin/main', 'main']) {
    const base = await runCommand('git', ['merge-base', 'HEAD', branch]);
    if (base.code !== 0) continue;
    const diff = await runCommand('git', ['diff', '--name-only', base.stdout.trim()]);
    const untracked = await runCommand('git', ['ls-files', '--others', '--exclude-standard', '.changeset']);
    const changed = `${diff.stdout}${untracked.stdout}`.split('\n');
    const reports = changed.filter((name) => /^packages\/[^/]+\/surface\.md$/.test(name));
    if (reports.length === 0 || changed.some((name) => /^\.changeset\/(?!README).*\.md$/.test(name))) return [];
    return [`The public API changed (${reports.join(', ')}) without a changeset: pnpm changeset`];
  }
  return []; // no git, or no branch to compare with
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').replaceAll('\r\n', '\n');
  } catch {
    return undefined;
  }
}
