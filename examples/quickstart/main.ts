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
import type { RepositoryKey } from '@holdfast/crypto';
import { localDestination } from '@holdfast/destinations/local';
import { exchangeOnline } from '@holdfast/exchange-source';
import type { ExchangeMailbox } from '@holdfast/exchange-source';
import { startExchange } from '@holdfast/simulators/exchange';
import type { Exchange } from '@holdfast/simulators/exchange';
import { ArgumentError, readArguments, readEmlFiles, USAGE } from './arguments.ts';
import type { QuickstartArguments } from './arguments.ts';
import { changeMailbox, describeChanges } from './change-mailbox.ts';
import { progressLine } from './progress-line.ts';
import { COMPARED, verify } from './verify.ts';

const SEED = 2026;
const ADA = { name: 'Ada Demo', address: 'ada@example.org' };
const EVE = { name: 'Eve Demo', address: 'eve@example.org' };

// npm runs a script in the folder of its package.json; paths are meant from where it was called.
const HERE = process.env['INIT_CWD'] ?? process.cwd();

const say = (text: string): void => console.log(text);
const size = (bytes: number): string =>
  bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

// Whoever interrupts it must not be left with the temporary folder. A second Ctrl-C ends it at once.
const interruption = new AbortController();
const { signal } = interruption;
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.once(name, () => interruption.abort(new Error('Interrupted.')));

interface Results {
  readonly differences: readonly string[];
  readonly lastLine: string;
  readonly pass: boolean;
}

async function run(options: QuickstartArguments): Promise<boolean> {
  const { keep } = options;
  const path = keep === undefined ? await mkdtemp(join(tmpdir(), 'holdfast-quickstart-')) : resolve(HERE, keep);
  const key = generateKey();
  let results: Results;
  try {
    results = await goThrough(path, key, options);
  } finally {
    if (keep === undefined) await rm(path, { recursive: true, force: true });
  }
  for (const line of results.differences) say(line);
  if (keep === undefined) say('The temporary repository was removed; --keep <folder> keeps one.');
  else sayHowToOpen(path, key);
  say(`\n${COMPARED}`);
  say(results.lastLine);
  return results.pass;
}

async function goThrough(path: string, key: RepositoryKey, { eml, messages }: QuickstartArguments): Promise<Results> {
  const started = performance.now();
  const files = eml === undefined ? undefined : await readEmlFiles(resolve(HERE, eml));
  const exchange = await startExchange({
    seed: SEED,
    mailboxes: {
      [ADA.address]: { displayName: ADA.name, ...(files === undefined ? { messages } : { eml: files }) },
      [EVE.address]: { displayName: EVE.name },
    },
  });
  try {
    const repository = await createRepository({ destination: localDestination({ path }), key, signal });
    say(`A simulated Exchange Online, and an encrypted repository in ${path}`);
    try {
      return await backUpTwice(exchange, repository, started);
    } finally {
      await repository.close();
    }
  } finally {
    await exchange.close();
  }
}

async function backUpTwice(exchange: Exchange, repository: Repository, started: number): Promise<Results> {
  const { tenant, credentials, fetch, control } = exchange;
  const online = exchangeOnline({ tenant, credentials, fetch });
  const ada = await online.mailbox(ADA.address, { signal });
  const original = await control.messages(ADA.address);
  say(`A mailbox with ${original.length} messages (${ADA.address})`);

  say('\nFirst backup');
  const first = await backUp(repository, ada);
  say('\nA day in the mailbox');
  const changes = await changeMailbox(control, ADA, { before: original, seed: SEED, now: Date.now() });
  say(`  ${describeChanges(changes)}`);
  say('\nSecond backup');
  const second = await backUp(repository, ada);
  say('\nSnapshots');
  await listSnapshots(repository, first, second);

  say(`\nRestore of the first snapshot into ${EVE.address}`);
  const restoredIds = await restore(repository, first, await online.mailbox(EVE.address, { signal }));
  const restored = await control.messages(EVE.address);
  const verification = await verify(repository, first.id, original, restored, restoredIds, { signal });
  say('\nIntegrity check, every blob opened');
  const check = await repository.check({ level: 'decryption', signal });
  say(`  ${check.objects} objects, ${check.blobs} blobs, ${size(check.bytes)}: ${check.result}`);
  for (const { message } of check.problems) say(`  ${message}`);

  summarise(exchange, first, second, check.bytes, (performance.now() - started) / 1000);
  const { verified, withoutMime, differences } = verification;
  const without = withoutMime.length === 0 ? '' : ` (${withoutMime.length} without MIME)`;
  return {
    differences: [
      ...differences.map(({ subject, what }) => `not as it was: "${subject}": ${what}`),
      ...withoutMime.map(
        ({ subject, code }) => `without MIME, backed up as JSON with attachments: "${subject}": ${code}`,
      ),
    ],
    lastLine: `verified ${verified} of ${original.length} items${without}`,
    pass: verified === original.length && check.result === 'sound',
  };
}

function sayHowToOpen(path: string, key: RepositoryKey): void {
  say(`The repository is kept in ${path}. This key alone opens it:

  ${key.secret.reveal()}

  const destination = localDestination({ path: ${JSON.stringify(path)} });
  const repository = await openRepository({ destination, key: generatedKey('…') });`);
}

async function backUp(repository: Repository, mailbox: ExchangeMailbox): Promise<Snapshot> {
  const line = progressLine();
  const report = await repository
    .backup(mailbox, {
      signal,
      onProgress(event) {
        if (event.type !== 'progress') return;
        const { phase, items, bytes, itemsPerSecond } = event;
        line.update(`${phase}: ${items.done} items, ${size(bytes.done)}, ${itemsPerSecond.toFixed()} items/s`);
      },
    })
    .finally(() => line.end());
  const { items, added, changed, moved, removed, bytesRead } = report.snapshot.statistics;
  say(`  ${items} items: ${added} new, ${changed} changed, ${moved} moved, ${removed} gone`);
  say(`  ${size(bytesRead)} read, ${size(report.bytesWritten)} written in ${report.objectsWritten} objects`);
  for (const { item, code, reason } of report.coverage.failures) say(`  failed: ${item}: ${reason ?? code}`);
  return report.snapshot;
}

async function listSnapshots(repository: Repository, first: Snapshot, second: Snapshot): Promise<void> {
  for await (const { id, finished, statistics } of repository.snapshots({ signal })) {
    say(`  ${id.slice(0, 8)}  ${finished.toISOString()}  ${statistics.items} items`);
  }
  const counts = new Map<string, number>();
  for await (const { type } of repository.diff({ from: first.id, to: second.id, signal })) {
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
  const plan = await repository.planRestore({ snapshot: id, signal });
  const restoredIds = new Map<string, string>();
  const line = progressLine();
  const report = await repository
    .restore(plan, target, {
      signal,
      onProgress(event) {
        if (event.type === 'item-restored') restoredIds.set(event.item, event.targetId);
        else if (event.type === 'progress') line.update(`${event.items.done} of ${event.items.expected} items`);
      },
    })
    .finally(() => line.end());
  say(`  ${report.restored} of ${plan.items} items, in ${plan.collections.length} folders`);
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
  say(`  read       ${size(read)} from the mailbox`);
  say(`  stored     ${size(stored)} in the repository, everything included`);
  say(`  requests   ${exchange.requests.total} made, ${exchange.requests.throttled} of them throttled`);
  say(`  time       ${seconds.toFixed(1)} seconds\n`);
}

try {
  const options = readArguments(process.argv.slice(2));
  if (options.help) say(USAGE);
  else process.exitCode = (await run(options)) ? 0 : 1;
} catch (error) {
  // What has a code, or is about the command line, says all in a sentence.
  const clear = error instanceof Error && (error instanceof ArgumentError || 'code' in error || signal.aborted);
  console.error(clear ? error.message : error);
  process.exitCode = signal.aborted ? 130 : 1;
}
