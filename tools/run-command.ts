import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import process from 'node:process';

/** Root of the workspace. */
export const root: string = join(import.meta.dirname, '..');

/** How to run a command. */
export interface RunOptions {
  /** Folder to run in. @defaultValue the root of the workspace */
  readonly cwd?: string;
  /** Variables to add. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What a command did. */
export interface RunResult {
  /** `0` is success. */
  readonly code: number;
  /** Everything it wrote, to stdout and stderr, in order. */
  readonly output: string;
  /** What it wrote to stdout. */
  readonly stdout: string;
}

/** Runs a program or a tool of the workspace and collects what it prints. A failure is a result, not an exception. */
export function runCommand(
  command: string,
  args: readonly string[],
  { cwd = root, env }: RunOptions = {},
): Promise<RunResult> {
  // Tools are .cmd files on Windows, which only a shell starts.
  const windows = process.platform === 'win32';
  const program = windows ? [command, ...args].map((word) => `"${word}"`).join(' ') : command;
  const path = [join(root, 'node_modules', '.bin'), process.env['PATH']].join(delimiter);
  const child = spawn(program, windows ? [] : args, {
    cwd,
    env: { ...process.env, PATH: path, ...env },
    shell: windows,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Promise((resolve) => {
    let output = '';
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.on('error', (error) => {
      resolve({ code: 1, output: `${command}: ${error.message}\n`, stdout });
    });
    child.on('close', (code) => {
      resolve({ code: code ?? 1, output, stdout });
    });
  });
}

/** Like {@link runCommand}, but a failure throws with the output. Returns what went to stdout. */
export async function mustRun(command: string, args: readonly string[], options?: RunOptions): Promise<string> {
  const { code, output, stdout } = await runCommand(command, args, options);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}\n${output}`);
  return stdout;
}
