import { spawn } from 'node:child_process';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { systemClock } from '@holdfast/contracts';
import type { Clock, OperationOptions } from '@holdfast/contracts';
import type { KillMoment } from './kill-moment.ts';
import { killWatch } from './kill-watch.ts';

/** Options of {@link startProcess}. */
export interface StartProcessOptions extends OperationOptions {
  /** What is run. @defaultValue the Node that runs this, whose first argument is a file */
  readonly command?: string | undefined;
  /** Its arguments. */
  readonly args: readonly string[];
  /** Variables beside those of this process; `undefined` leaves one out. @defaultValue none */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Where it runs. @defaultValue where this process runs */
  readonly cwd?: string | undefined;
  /** When it is killed; of several moments, each is counted from the one before. @defaultValue never */
  readonly killAt?: KillMoment | readonly KillMoment[] | undefined;
  /** Time of the moments. @defaultValue the clock of the machine */
  readonly clock?: Clock | undefined;
}

/** How a process ended, and what it said. */
export interface ProcessOutcome {
  /** Whether it was killed, at its moment or by {@link KillableProcess.kill}; it may have been faster. */
  readonly killed: boolean;
  /** Exit code; `null` where a signal ended it. */
  readonly code: number | null;
  /** The signal that ended it. */
  readonly signal: string | null;
  /** All lines of its standard output; of a killed process, the last one may be cut. */
  readonly lines: readonly string[];
  /** Everything it wrote to its standard error. */
  readonly stderr: string;
}

/** A process that can be killed. Disposing of it kills it, and waits for its end. */
export interface KillableProcess extends AsyncDisposable {
  /** Its end; rejects if it could not be started. */
  readonly outcome: Promise<ProcessOutcome>;
  /** Its lines from the first one on, as they come; ends with the process. Can be asked for more than once. */
  lines(): AsyncGenerator<string, void, void>;
  /** Kills it without letting it do anything more: SIGKILL, `TerminateProcess` on Windows. */
  kill(): void;
}

/**
 * Starts a process and kills it at a chosen moment, as a power switch would: after so many lines that it prints, and so
 * many milliseconds. Processes that it has started itself are not killed with it.
 *
 * An abort kills it too, and `outcome` then rejects with `signal.reason`.
 *
 * @example Killing a program after its second line
 * ```ts
 * import { startProcess } from '@holdfast/testkit';
 *
 * const program = 'let n = 0; setInterval(() => console.log(`line ${(n += 1)}`), 20)';
 * const { outcome } = startProcess({ args: ['--eval', program], killAt: { line: /^line/, count: 2 } });
 * const { killed, lines } = await outcome;
 * console.log(killed, lines[1]); // true line 2
 * ```
 */
export function startProcess(options: StartProcessOptions): KillableProcess {
  const { command = process.execPath, args, env = {}, cwd, killAt = [], clock = systemClock, signal } = options;
  signal?.throwIfAborted();
  const child = spawn(command, args, { env: { ...process.env, ...env }, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  let stderr = '';
  let ordered = false;
  let finished = false;
  let wake: (() => void)[] = [];

  const kill = (): void => {
    if (finished) return;
    ordered = true;
    child.kill('SIGKILL');
  };
  const stir = (): void => {
    const waiting = wake;
    wake = [];
    for (const one of waiting) one();
  };
  signal?.addEventListener('abort', kill, { once: true });
  const watch = killWatch('length' in killAt ? killAt : [killAt], clock, kill);
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  createInterface({ input: child.stdout, crlfDelay: Infinity }).on('line', (line) => {
    lines.push(line);
    watch.see(line);
    stir();
  });

  const outcome = new Promise<ProcessOutcome>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, endedBy) => {
      // Windows knows no signals: there a process that was ended has an exit code other than 0.
      const killed = ordered && (endedBy !== null || code !== 0);
      if (signal?.aborted) reject(signal.reason);
      else resolve({ killed, code, signal: endedBy, lines, stderr });
    });
  }).finally(() => {
    finished = true;
    watch.stop();
    signal?.removeEventListener('abort', kill);
    stir();
  });
  // Whoever only reads the lines does not ask for the outcome.
  outcome.catch(() => {});

  return {
    outcome,
    kill,
    async *lines() {
      for (let next = 0; ; next += 1) {
        while (next >= lines.length) {
          if (finished) return;
          await new Promise<void>((resolve) => void wake.push(resolve));
        }
        yield lines[next] ?? '';
      }
    },
    async [Symbol.asyncDispose]() {
      kill();
      await outcome.catch(() => {});
    },
  };
}
