import process from 'node:process';

const BETWEEN_MS = 100;

/** One line that is written over in a terminal, and wiped at the end; elsewhere nothing is printed. */
export function progressLine(): { update(text: string): void; end(): void } {
  let written = 0;
  return {
    update(text) {
      if (!process.stdout.isTTY || performance.now() - written < BETWEEN_MS) return;
      written = performance.now();
      process.stdout.write(`\r\u001B[K  ${text}`);
    },
    end() {
      if (written > 0) process.stdout.write('\r\u001B[K');
    },
  };
}
