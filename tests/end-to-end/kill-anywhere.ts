import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRepository, openRepository } from '@holdfast/core';
import { generateKey } from '@holdfast/crypto';
import { localDestination } from '@holdfast/destinations/local';
import { exchangeOnline } from '@holdfast/exchange-source';
import { startExchange } from '@holdfast/simulators/exchange';
import type { AttachmentContent, Exchange, MessageContent } from '@holdfast/simulators/exchange';
import { randomKillMoment, seededRandomness } from '@holdfast/testkit';
import type { KillMoment, SeededRandomness } from '@holdfast/testkit';
import { differencesFromMailbox } from './differences.ts';
import { draft, letter } from './letters.ts';
import { startUserScript } from './start-user-script.ts';
import type { UserScriptSettings } from './user-script.ts';

const ADA = 'ada@example.org';
const MESSAGES = 120;
const FOLDERS = ['inbox', 'Projects/Bridge', 'Archive'];
// Not a password, which takes each of the processes a third of a second.
const key = generateKey();

/** What came of a process that was killed, and of the run after it. */
export interface AfterKill {
  /** Whether the kill came before the end. */
  readonly killed: boolean;
  /** Items that the killed process had told as done. */
  readonly before: number;
  /** Items that the next run still had to do. */
  readonly rest: number;
  /** What is wrong; empty if nothing is. */
  readonly complaints: readonly string[];
}

/** A simulated service and a mailbox on it, for processes that are killed. */
export interface KillingGround extends AsyncDisposable {
  /** Kills a first backup at a random moment, then backs up again. */
  killBackup(): Promise<AfterKill>;
  /** Kills a restore into an empty mailbox at a random moment, then restores again. */
  killRestore(): Promise<AfterKill>;
}

/**
 * Starts the service; so many restores can be killed, each into a mailbox of its own. Not too many backups: together they are
 * held to the limits of one mailbox.
 */
export async function killingGround(dice: SeededRandomness, restores: number): Promise<KillingGround> {
  const targets = Array.from({ length: restores + 1 }, (_, index) => `eve-${index}@example.org`);
  const mailboxes = Object.fromEntries([ADA, ...targets].map((address) => [address, {}]));
  // Every request takes a moment, so that most kills come before the end.
  const exchange = await startExchange({ mailboxes, latencyMs: 2 });
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-killed-'));
  await fillMailbox(exchange);
  const { url, tenant, credentials } = exchange;
  const common = {
    url,
    tenant,
    credentials,
    mailbox: ADA,
    generatedKey: key.secret.reveal(),
    checkpoint: { items: 15 },
  };
  let repositories = 0;

  async function emptyRepository(): Promise<UserScriptSettings> {
    const path = join(folder, String((repositories += 1)));
    await (await createRepository({ destination: localDestination({ path }), key })).close();
    return { ...common, folder: path };
  }

  /** How long an undisturbed process takes. */
  async function timeOf(settings: UserScriptSettings): Promise<number> {
    const start = performance.now();
    const { code, stderr } = await startUserScript(settings);
    if (code !== 0) throw new Error(stderr);
    return performance.now() - start;
  }

  const whole = await emptyRepository();
  const backupMs = await timeOf(whole);
  const restoreMs = await timeOf({ ...whole, restoreInto: targets.pop() ?? '' });

  async function kill(settings: UserScriptSettings, wholeMs: number): Promise<Omit<AfterKill, 'complaints' | 'rest'>> {
    // Most of the time goes into starting the process and opening the repository, where there is little to lose.
    const killAt: KillMoment[] =
      dice.fraction() < 0.2
        ? [{ afterMs: dice.integer(0, Math.floor(wholeMs)) }]
        : [randomKillMoment(dice, { line: /^item/, count: [1, MESSAGES - 1], afterMs: [0, 15] })];
    const { killed, lines } = await startUserScript(settings, { killAt });
    return { killed, before: lines.filter((line) => line === 'item').length };
  }

  return {
    async killBackup() {
      const settings = await emptyRepository();
      const first = await kill(settings, backupMs);
      const repository = await openRepository({ destination: localDestination({ path: settings.folder }), key });
      const [kept] = await Array.fromAsync(repository.snapshots({ checkpoints: true }));
      // Counted here, because the service may still be answering the process that is dead, and push back for it.
      let rest = 0;
      const counting: typeof fetch = async (input, init) => {
        const response = await exchange.fetch(input, init);
        if (response.ok && String(input).endsWith('/$value')) rest += 1;
        return response;
      };
      const ada = await exchangeOnline({ tenant, credentials, fetch: counting }).mailbox(ADA);
      const { snapshot, result } = await repository.backup(ada);
      const complaints = [
        ...(await differencesFromMailbox(repository, snapshot.id, await exchange.control.messages(ADA))),
        ...(await repository.check({ level: 'decryption' })).problems.map((problem) => JSON.stringify(problem)),
      ];
      if (result !== 'complete') complaints.push(`the result is ${result}`);
      if (snapshot.statistics.items !== MESSAGES) complaints.push(`${snapshot.statistics.items} items`);
      if (rest > MESSAGES - (kept?.statistics.items ?? 0)) complaints.push(`${rest} messages read that were there`);
      await repository.close();
      return { ...first, rest, complaints };
    },

    async killRestore() {
      const target = targets.pop();
      if (target === undefined) throw new RangeError('no mailbox is left to restore into');
      const first = await kill({ ...whole, restoreInto: target }, restoreMs);
      const repository = await openRepository({ destination: localDestination({ path: whole.folder }), key });
      const eve = await exchangeOnline({ tenant, credentials, fetch: exchange.fetch }).mailbox(target);
      const plan = await repository.planRestore({ snapshot: 'latest' });
      const { restored, result } = await repository.restore(plan, eve);
      const again = await repository.restore(plan, eve);
      const complaints = await differencesOfMailboxes(exchange, target);
      if (result !== 'complete') complaints.push(`the result is ${result}`);
      if (again.restored > 0) complaints.push(`a third run restored ${again.restored}`);
      await repository.close();
      return { ...first, rest: restored, complaints };
    },

    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true, force: true });
      await exchange.close();
    },
  };
}

/** Letters of all kinds, some with attachments that take several requests, one in an upload session. */
async function fillMailbox({ control }: Exchange): Promise<void> {
  const random = seededRandomness(1);
  const file = (name: string, size: number): AttachmentContent => ({
    kind: 'file',
    name,
    contentType: 'application/octet-stream',
    isInline: false,
    contentId: undefined,
    bytes: random.bytes(size),
  });
  for (let number = 0; number < MESSAGES; number += 1) {
    let content: MessageContent = letter(number);
    if (number % 10 === 3) {
      const inner = letter(9000 + number);
      const item: AttachmentContent = { kind: 'item', name: inner.subject, isInline: false, item: inner };
      const attachments = [file('a.bin', 3000), file('b.bin', 5000), item, file('a.bin', 100)];
      content = letter(number, { mime: undefined, attachments });
    }
    if (number === 50) content = letter(number, { mime: undefined, attachments: [file('large.bin', 3_300_000)] });
    if (number % 10 === 7) content = draft(number);
    await control.addMessage(ADA, FOLDERS[number % 3] ?? '', content);
  }
}

/** How a mailbox that was restored into differs from Ada's: messages by folder, with all that a restore can bring back. */
async function differencesOfMailboxes({ control }: Exchange, target: string): Promise<string[]> {
  const [wanted, found] = await Promise.all(
    [ADA, target].map(async (address) => {
      const messages = await control.messages(address);
      return Map.groupBy(messages, ({ folder, content }) => `${folder.join('/')}: ${content.subject}`);
    }),
  );
  const differences: string[] = [];
  for (const name of new Set([...(wanted?.keys() ?? []), ...(found?.keys() ?? [])])) {
    const [want, got] = [wanted?.get(name) ?? [], found?.get(name) ?? []];
    if (want.length !== got.length) differences.push(`${name}: ${got.length} instead of ${want.length}`);
    else if (want.some((message, index) => textOf(message.content) !== textOf(got[index]?.content))) {
      differences.push(`${name}: another content`);
    }
  }
  return differences;
}

function textOf(content: MessageContent | undefined): string {
  if (content === undefined) return '';
  const { mime, internetMessageHeaders, attachments, ...rest } = content;
  const told = attachments.map((attachment) =>
    attachment.kind === 'file'
      ? { name: attachment.name, bytes: Buffer.from(attachment.bytes).toString('base64') }
      : { name: attachment.name, kind: attachment.kind },
  );
  return JSON.stringify({ ...rest, attachments: told });
}
