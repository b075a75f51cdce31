/**
 * The main job, from end to end, without any account: a mailbox on a simulated Exchange Online is backed up, changed,
 * backed up again, restored into another mailbox and verified. Run it by `npm run quickstart`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { createRepository } from '@holdfast/core';
import type { Repository, Snapshot } from '@holdfast/core';
import { generateKey } from '@holdfast/crypto';
import { localDestination } from '@holdfast/destinations/local';
import { exchangeOnline } from '@holdfast/exchange-source';
import type { ExchangeMailbox } from '@holdfast/exchange-source';
import { startExchange } from '@holdfast/simulators/exchange';
import type { Exchange } from '@holdfast/simulators/exchange';
import { readArguments, readEmlFiles, USAGE } from './arguments.ts';
import type { QuickstartArguments } from './arguments.ts';
import { changeMailbox, describeChanges } from './change-mailbox.ts';
import { progressLine } from './progress-line.ts';
import { verify } from './verify.ts';

const SEED = 2026;
const ADA = { name: 'Ada Demo', address: 'ada@example.org' };
const EVE = { name: 'Eve Demo', address: 'eve@example.org' };

// npm runs a script in the folder of its package.json; paths are meant from where it was called.
const HERE = process.env['INIT_CWD'] ?? process.cwd();

const say = (text: string): void => console.log(text);
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

async function run({ eml, messages, keep }: QuickstartArguments): Promise<boolean> {
  const started = performance.now();
  const files = eml === undefined ? undefined : await readEmlFiles(resolve(HERE, eml));
  if (files?.length === 0) throw new TypeError(`There is no .eml file below ${eml}.`);
  await using exchange = await startExchange({
    seed: SEED,
    mailboxes: {
      [ADA.address]: { displayName: ADA.name, ...(files === undefined ? { messages } : { eml: files }) },
      [EVE.address]: { displayName: EVE.name },
    },
  });
  const online = exchangeOnline({
    tenant: exchange.tenant,
    credentials: exchange.credentials,
    fetch: exchange.fetch,
  });
  const ada = await online.mailbox(ADA.address);
  const original = await exchange.control.messages(ADA.address);
  say(`A mailbox with ${original.length} messages on a simulated Exchange Online (${ADA.address})`);

  const path = keep === undefined ? await mkdtemp(join(tmpdir(), 'holdfast-quickstart-')) : resolve(HERE, keep);
  try {
    const key = generateKey();
    await using repository = await createRepository({ destination: localDestination({ path }), key });
    say(`An encrypted repository in ${path}`);
    if (keep !== undefined) say(`  its key, which you need to open it: ${key.secret.reveal()}`);

    say('\nFirst backup');
    const first = await backUp(repository, ada);
    say('\nA day in the mailbox');
    say(
      `  ${describeChanges(await changeMailbox(exchange.control, ADA, { before: original, seed: SEED, now: Date.now() }))}`,
    );
    say('\nSecond backup');
    const second = await backUp(repository, ada);
    say('\nSnapshots');
    await listSnapshots(repository, first, second);

    say(`\nRestore of the first snapshot into ${EVE.address}`);
    const restoredIds = await restore(repository, first, await online.mailbox(EVE.address));
    const restored = await exchange.control.messages(EVE.address);
    const verification = await verify(repository, first.id, original, restored, restoredIds);
    say('\nIntegrity check, every blob opened');
    const check = await repository.check({ level: 'decryption' });
    say(`  ${check.objects} objects, ${check.blobs} blobs, ${megabytes(check.bytes)}: ${check.result}`);
    for (const { message } of check.problems) say(`  ${message}`);

    summarise(exchange, first, second, check.bytes, (performance.now() - started) / 1000);
    const { verified, withoutMime, differences } = verification;
    for (const { subject, what } of differences) say(`not as it was: "${subject}": ${what}`);
    for (const { subject, code } of withoutMime)
      say(`without MIME, backed up as JSON with attachments: "${subject}": ${code}`);
    const without = withoutMime.length === 0 ? '' : ` (${withoutMime.length} without MIME)`;
    say(`verified ${verified} of ${original.length} items${without}`);
    return verified === original.length && check.result === 'sound';
  } finally {
    if (keep === undefined) await rm(path, { recursive: true, force: true });
  }
}

async function backUp(repository: Repository, mailbox: ExchangeMailbox): Promise<Snapshot> {
  const line = progressLine();
  const report = await repository.backup(mailbox, {
    onProgress({ totals: { items, itemsRead, bytesRead } }) {
      line.update(`${items} items seen, ${itemsRead} read, ${megabytes(bytesRead)}`);
    },
  });
  line.end();
  const { items, added, changed, moved, removed, bytesRead } = report.snapshot.statistics;
  say(`  ${items} items: ${added} new, ${changed} changed, ${moved} moved, ${removed} gone`);
  say(`  ${megabytes(bytesRead)} read, ${megabytes(report.bytesWritten)} written in ${report.objectsWritten} objects`);
  for (const { item, code, reason } of report.coverage.failures) say(`  failed: ${item}: ${reason ?? code}`);
  return report.snapshot;
}

async function listSnapshots(repository: Repository, first: Snapshot, second: Snapshot): Promise<void> {
  for await (const { id, finished, statistics } of repository.snapshots()) {
    say(`  ${id.slice(0, 8)}  ${finished.toISOString()}  ${statistics.items} items`);
  }
  const counts = new Map<string, number>();
  for await (const { type } of repository.diff({ from: first.id, to: second.id })) {
    counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  const difference = [...counts].map(([type, count]) => `${count} ${type.replace('item-', '')}`).join(', ');
  say(`  difference: ${difference === '' ? 'none' : difference}`);
}

async function restore(
  repository: Repository,
  { id }: Snapshot,
  target: ExchangeMailbox,
): Promise<Map<string, string>> {
  const plan = await repository.planRestore({ snapshot: id });
  say(`  plan: ${plan.items} items in ${plan.collections.length} folders`);
  const restoredIds = new Map<string, string>();
  const line = progressLine();
  const report = await repository.restore(plan, target, {
    onProgress(event) {
      if (event.type === 'item-restored') restoredIds.set(event.item, event.createdId);
      line.update(`${event.done} of ${event.planned} items`);
    },
  });
  line.end();
  for (const { message } of report.failures) say(`  failed: ${message}`);
  for (const { item, omitted } of report.omissions) {
    for (const { part, reason } of omitted) say(`  not taken by the service: ${part} of ${item}: ${reason}`);
  }
  return restoredIds;
}

function summarise(exchange: Exchange, first: Snapshot, second: Snapshot, stored: number, seconds: number): void {
  const read = first.statistics.bytesRead + second.statistics.bytesRead;
  say('\nSummary');
  say(`  items      ${first.statistics.items} in the first snapshot, ${second.statistics.items} in the second`);
  say(`  read       ${megabytes(read)} from the mailbox`);
  say(`  stored     ${megabytes(stored)} in the repository, everything included`);
  say(`  requests   ${exchange.requests.total} made, ${exchange.requests.throttled} of them throttled`);
  say(`  time       ${seconds.toFixed(1)} seconds\n`);
}

try {
  process.exitCode = (await run(readArguments(process.argv.slice(2)))) ? 0 : 1;
} catch (error) {
  // A TypeError is about the command line; everything else of ours is one clear sentence as well.
  console.error(error instanceof Error ? error.message : error);
  if (error instanceof TypeError) console.error(`\n${USAGE}`);
  process.exitCode = 1;
}
