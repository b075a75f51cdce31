import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Writes some letters into a folder for each month. */
export async function writeLetters(path: string): Promise<void> {
  for (const [month, name] of ['may', 'june', 'july'].entries()) {
    await mkdir(join(path, name), { recursive: true });
    for (let number = 1; number <= 5; number += 1) {
      const date = new Date(Date.UTC(2026, month + 4, number)).toUTCString();
      const head = `From: Eve <eve@example.org>\r\nSubject: Letter ${number} of ${name}\r\nDate: ${date}\r\n`;
      await writeFile(join(path, name, `letter-${number}.eml`), `${head}\r\nDear Ada, it is ${name}.\r\n`);
    }
  }
}
