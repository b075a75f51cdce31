import { spawn } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import type { UserScriptSettings } from './user-script.ts';

/** How a process ended and what it said. */
export interface ScriptResult {
  readonly code: number | null;
  /** What killed it. */
  readonly signal: string | null;
  readonly lines: readonly string[];
  readonly stderr: string;
}

/** What is done with a process while it runs. */
export interface StartOptions {
  /** Called with each line that it prints, and how to kill it: SIGKILL, TerminateProcess on Windows. */
  readonly onLine?: (line: string, kill: () => void) => void;
  /** Options of Node. */
  readonly nodeOptions?: readonly string[];
}

/** Runs a user's script in a process of its own. */
export async function startUserScript(
  settings: UserScriptSettings,
  { onLine = () => {}, nodeOptions = [] }: StartOptions = {},
): Promise<ScriptResult> {
  const child = spawn(process.execPath, [...nodeOptions, join(import.meta.dirname, 'user-script-program.ts')], {
    env: { ...process.env, HOLDFAST_SETTINGS: JSON.stringify(settings) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<Pick<ScriptResult, 'code' | 'signal'>>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    onLine(line, () => child.kill('SIGKILL'));
  }
  return { ...(await ended), lines, stderr };
}
