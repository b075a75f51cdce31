import { createHash, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import type { MessageContent } from '@holdfast/simulators/exchange';
import { startOutsideWorld } from './in-process.ts';
import type { OutsideWorld } from './in-process.ts';
import { letter } from './letters.ts';
import { addOrdinaryMail, differencesOfSnapshot } from './live-with.ts';
import type { BadMailOutcome } from './live-with.ts';
import { use } from './use.ts';
import { ADA, EVE } from './world.ts';

/** Megabytes of heap: what messages are made of lies outside of it. */
const HEAP = 128;

/** More than are read at a time. */
const MESSAGES = 5;

/**
 * What a process may take for messages of so many bytes of MIME: what it needs anyway; and of each of the four that are read
 * at a time the message, the pieces it arrived in, and one copy more for what the garbage collector has not come round to.
 */
const BASE_MEGABYTES = 250;
const COPIES = 4 * 3;

/**
 * Backs up messages with one file each of so many bytes beside ordinary mail, once more without a change, and restores
 * them through upload sessions, each in a process of its own.
 */
export function largeMessage(fileBytes: number): Promise<BadMailOutcome> {
  return use(startOutsideWorld(HEAP), (world) => largeMessageIn(world, fileBytes));
}

async function largeMessageIn(world: OutsideWorld, fileBytes: number): Promise<BadMailOutcome> {
  const { control, exchange } = world;
  await addOrdinaryMail(world);
  let mimeBytes = 0;
  for (let number = 0; number < MESSAGES; number += 1) {
    const content = withLargeFile(700 + number, fileBytes);
    mimeBytes = content.mime?.length ?? 0;
    await control.addMessage(ADA, 'inbox', content);
  }
  const limit = BASE_MEGABYTES + (COPIES * mimeBytes) / 1e6;
  const complaints: string[] = [];
  const expectThat = (holds: boolean, complaint: () => string): void => {
    if (!holds) complaints.push(complaint());
  };

  const first = await world.run({ createRepository: true });
  expectThat(first.result === 'complete' && first.peakMegabytes < limit, () => `the backup: ${inspect(first)}`);
  const second = await world.run();
  expectThat(second.unchanged === true && second.objectsWritten === 1, () => `the second run: ${inspect(second)}`);
  const repository = await world.open();
  try {
    complaints.push(...(await differencesOfSnapshot({ control, repository }, 'latest', [])));
    const checked = await repository.check({ level: 'decryption' });
    expectThat(checked.result === 'sound', () => `damaged: ${inspect(checked.problems)}`);
  } finally {
    await repository.close();
  }

  const sentBefore = exchange.requests.bytesReceived;
  const restored = await world.run({ restoreInto: EVE });
  expectThat(
    restored.result === 'complete' && restored.peakMegabytes < limit,
    () => `the restore: ${inspect(restored)}`,
  );
  const uploaded = exchange.requests.bytesReceived - sentBefore;
  expectThat(
    uploaded >= MESSAGES * fileBytes && uploaded < MESSAGES * fileBytes * 1.1 + 1e6,
    () => `${uploaded} bytes were sent`,
  );
  expectThat(exchange.requests.throttled === 0, () => `over the limit: ${inspect(exchange.requests.overLimit)}`);
  const again = await world.run({ restoreInto: EVE });
  expectThat(again.items === 0, () => `the second restore: ${inspect(again)}`);
  const [wanted, found] = await Promise.all(
    [ADA, EVE].map(async (mailbox) => filesIn(await control.messages(mailbox, { mime: false }))),
  );
  expectThat(wanted?.join() === found?.join(), () => `files restored: ${inspect(found)} for ${inspect(wanted)}`);

  const figure = ({ seconds, peakMegabytes }: typeof first): string =>
    `${seconds.toFixed(1)} s, ${peakMegabytes.toFixed(0)} MB`;
  const outcome =
    `success with ${MESSAGES} of ${(mimeBytes / 1e6).toFixed(0)} MB: backup ${figure(first)}, restore ${figure(restored)} ` +
    `(at most ${limit.toFixed(0)} MB of memory), ${(uploaded / 1e6).toFixed(0)} MB sent, none over the limit`;
  return { outcome, complaints };
}

function withLargeFile(number: number, fileBytes: number): MessageContent {
  const bytes = new Uint8Array(randomBytes(fileBytes));
  const file = { kind: 'file', name: 'large.bin', contentType: 'application/octet-stream', isInline: false } as const;
  const { mime, ...plain } = letter(number);
  const [head = '', text = ''] = new TextDecoder().decode(mime).split('\r\n\r\n');
  const top = `${head}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n`;
  const body = `--b\r\nContent-Type: text/plain\r\n\r\n${text}\r\n`;
  const disposition = 'Content-Disposition: attachment; filename=large.bin\r\nContent-Transfer-Encoding: base64';
  const before = Buffer.from(`${top}${body}--b\r\nContent-Type: ${file.contentType}\r\n${disposition}\r\n\r\n`);
  const encoded = Buffer.from(bytes.buffer).toString('base64');
  const lines: Buffer[] = [];
  // A string of all lines would be longer than strings may be put together in one go.
  for (let start = 0; start < encoded.length; start += 76)
    lines.push(Buffer.from(`${encoded.slice(start, start + 76)}\r\n`));
  const whole = Buffer.concat([before, ...lines, Buffer.from('--b--\r\n')]);
  return { ...plain, mime: new Uint8Array(whole), attachments: [{ ...file, contentId: undefined, bytes }] };
}

function filesIn(messages: readonly { readonly content: MessageContent }[]): readonly string[] {
  return messages
    .map(({ content }) => [
      content.subject,
      ...content.attachments.map((attachment) =>
        attachment.kind === 'file' ? createHash('sha256').update(attachment.bytes).digest('hex') : attachment.kind,
      ),
    ])
    .map((entry) => entry.join(' '))
    .toSorted();
}
