import process from 'node:process';

const BETWEEN_MS = 100;

/** One line that is written over in a terminal; elsewhere only its last state is printed. */
export function progressLine(): { update(text: string): void; end(): void } {
  let last = '';
  let written = 0;
  return {
    update(text) {
      last = text;
      if (!process.stdout.isTTY || performance.now() - written < BETWEEN_MS) return;
      written = performance.now();
      process.stdout.write(`\r\u001B[K  ${text}`);
    },
    end() {
      if (last !== '') process.stdout.write(process.stdout.isTTY ? `\r\u001B[K  ${last}\n` : `  ${last}\n`);
    },
  };
}
