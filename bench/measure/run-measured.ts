import { spawn } from 'node:child_process';
import process from 'node:process';
import { watchMemory } from './watch-memory.ts';

/** How to run a command that is measured. */
export interface MeasuredCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/** What a command took, all processes below it included. */
export interface Measured {
  /** From its start to its end. */
  readonly wallSeconds: number;
  /** Of all processors and processes, in and outside the kernel; absent on Windows. */
  readonly cpuSeconds: number | undefined;
  /** Peaks of the processes, added up; absent where there is no `/proc`. */
  readonly peakBytes: number | undefined;
  /** What it wrote to stdout. */
  readonly stdout: string;
}

/**
 * Runs a command to its end and measures it. A shell around it tells the time of the processors that all its children
 * took (`times` of POSIX), because Node tells that of itself only.
 *
 * @throws An error with what the command wrote, if it failed.
 */
export async function runMeasured({ command, args, cwd, env }: MeasuredCommand): Promise<Measured> {
  const windows = process.platform === 'win32';
  const script = '"$@"; code=$?; times >&3; exit $code';
  const begin = performance.now();
  const child = spawn(windows ? command : 'sh', windows ? args : ['-c', script, 'sh', command, ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const memory = watchMemory(child.pid ?? 0);
  const [stdout, stderr, times] = [child.stdout, child.stderr, child.stdio[3]].map((stream) => {
    const pieces: Buffer[] = [];
    stream?.on('data', (piece: Buffer) => pieces.push(piece));
    return () => Buffer.concat(pieces).toString();
  }) as [() => string, () => string, () => string];
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const wallSeconds = (performance.now() - begin) / 1000;
  const peakBytes = memory.stop();
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}\n${stdout()}${stderr()}`);
  return { wallSeconds, cpuSeconds: childSeconds(times()), peakBytes, stdout: stdout() };
}

/** Adds up the second line of `times`: user and system time of the children, as `0m1.23s 0m0.45s`. */
function childSeconds(text: string): number | undefined {
  const found = text.split('\n')[1]?.match(/\d+m\d+[.,]\d+s/g);
  return found?.reduce((sum, time) => {
    const [minutes = 0, seconds = 0] = time.replace(',', '.').replace('s', '').split('m').map(Number);
    return sum + minutes * 60 + seconds;
  }, 0);
}
