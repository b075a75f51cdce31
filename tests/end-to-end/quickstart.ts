import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { root } from '../../tools/run-command.ts';

/** How a run of the quickstart ended. */
export interface QuickstartResult {
  readonly code: number | null;
  /** Everything it printed. */
  readonly output: string;
  /** The last line of it. */
  readonly lastLine: string;
}

/** Runs the quickstart as it is, or with a module that is loaded before it. */
export function runQuickstart(
  args: readonly string[],
  { preload, env = {} }: { readonly preload?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<QuickstartResult> {
  const before = preload === undefined ? [] : ['--import', pathToFileURL(preload).href];
  const child = spawn(process.execPath, [...before, join(root, 'examples/quickstart/main.ts'), ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Promise((resolve, reject) => {
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output, lastLine: output.trimEnd().split('\n').at(-1) ?? '' }));
  });
}

/** How many .eml files there are below a folder. */
export async function countEmlFiles(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile() && entry.name.toLowerCase().endsWith('.eml')).length;
}

/** What the last line says: `verified 244 of 247 items (3 without MIME)`. */
export function readVerified(lastLine: string): { verified: number; of: number; withoutMime: number } | undefined {
  const match = /^verified (\d+) of (\d+) items(?: \((\d+) without MIME\))?$/.exec(lastLine);
  if (match === null) return undefined;
  const [verified = 0, of = 0, withoutMime = 0] = match.slice(1).map((digits) => Number(digits ?? 0));
  return { verified, of, withoutMime };
}
