import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { startExchange } from '@holdfast/simulators/exchange';
import { expect, it } from 'vitest';
import { letter } from './letters.ts';
import { startUserScript } from './start-user-script.ts';
import type { UserScriptResult } from './user-script-program.ts';
import { ADA } from './world.ts';

const MESSAGE_BYTES = 3_000_000;

/** Backs up so many large messages in a process with a small heap; resolves to its peak, in megabytes. */
async function peakOf(messages: number): Promise<number> {
  await using exchange = await startExchange({ mailboxes: { [ADA]: {} } });
  for (let i = 0; i < messages; i += 1) {
    await exchange.control.addMessage(ADA, 'inbox', letter(i, { mime: new Uint8Array(randomBytes(MESSAGE_BYTES)) }));
  }
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-memory-'));
  try {
    const { url, tenant, credentials } = exchange;
    const settings = { url, tenant, credentials, mailbox: ADA, folder, createRepository: true };
    const { code, lines, stderr } = await startUserScript(settings, { nodeOptions: ['--max-old-space-size=48'] });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { items, peakMegabytes } = JSON.parse(lines.at(-1) ?? '') as UserScriptResult;
    expect(items).toBe(messages);
    return peakMegabytes;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

it.skipIf(process.env['SLOW'] !== '1')(
  'needs no more memory for four times as many messages of 3 MB (skipped: only with SLOW=1)',
  { timeout: 300_000 },
  async () => {
    const few = await peakOf(40);
    const many = await peakOf(160);
    console.log(`peak of the process: ${few.toFixed(0)} MB for 40 messages, ${many.toFixed(0)} MB for 160`);
    expect(many).toBeLessThan(450);
    // 360 MB more mail; what grows is what the garbage collector has not come round to.
    expect(many - few).toBeLessThan(180);
  },
);
