import { readFileSync, readdirSync } from 'node:fs';
import process from 'node:process';

/** How often the processes are looked at. The system keeps each one's peak, so only what its very last moment adds is missed. */
const INTERVAL = 20;

/**
 * Watches a process and all below it, and tells the sum of their peaks (`VmHWM`) when stopped; `undefined` where there is
 * no `/proc`. Peaks of processes that are not there at the same time are added up too.
 */
export function watchMemory(pid: number): { stop(): number | undefined } {
  if (process.platform !== 'linux') return { stop: () => undefined };
  const peaks = new Map<number, number>();
  const look = (): void => {
    for (const one of descendants(pid)) peaks.set(one, Math.max(peaks.get(one) ?? 0, peakOf(one)));
  };
  look();
  const timer = setInterval(look, INTERVAL);
  return {
    stop() {
      clearInterval(timer);
      // The shell around the command is not part of it.
      return [...peaks].reduce((sum, [one, peak]) => (one === pid ? sum : sum + peak), 0);
    },
  };
}

/** A process and those below it; those of a process that ended meanwhile are missing. */
function descendants(pid: number): number[] {
  try {
    const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      read(`/proc/${pid}/task/${task}/children`).split(' ').filter(Boolean).map(Number),
    );
    return [pid, ...children.flatMap(descendants)];
  } catch {
    return [];
  }
}

function peakOf(pid: number): number {
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1024;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
