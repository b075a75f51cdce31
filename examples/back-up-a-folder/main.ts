/**
 * Backs up a folder of .eml files, changes it, backs it up again, and restores a file that was deleted.
 *
 * Runs on a temporary folder of made-up letters: `npm run example back-up-a-folder`.
 */
import assert from 'node:assert';
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRepository } from '@holdfast/core';
import type { BackupReport } from '@holdfast/core';
import { generateKey } from '@holdfast/crypto';
import { localDestination } from '@holdfast/destinations/local';
import { filesSource, filesTarget } from '@holdfast/files';
import { writeLetters } from './write-letters.ts';

const folder = await mkdtemp(join(tmpdir(), 'holdfast-folder-'));
const path = join(folder, 'letters');
await writeLetters(path);

const repository = await createRepository({
  destination: localDestination({ path: join(folder, 'repository') }),
  key: generateKey(),
});
const source = filesSource({ path });
say('first run', await repository.backup(source));
say('nothing changed', await repository.backup(source));

const lost = join(path, 'june', 'letter-3.eml');
const content = await readFile(lost);
await rm(lost);
await appendFile(join(path, 'may', 'letter-1.eml'), 'P.S. It rains.\r\n');
const before = (await Array.fromAsync(repository.snapshots()))[0];
assert(before !== undefined);
say('two changes', await repository.backup(source));

// What is there is left alone, so only the letter that is missing is written.
const plan = await repository.planRestore({ snapshot: before.id, onConflict: 'skip' });
const report = await repository.restore(plan, filesTarget({ path }));
console.log(`restored ${report.restored}, left alone ${report.skipped}`);

assert.equal(report.restored, 1);
assert.deepEqual(await readFile(lost), content);
await repository.close();
await rm(folder, { recursive: true });

function say(run: string, { result, snapshot: { statistics } }: BackupReport): void {
  const { items, added, changed, removed, bytesRead } = statistics;
  console.log(
    `${run}: ${result}, ${items} files: ${added} new, ${changed} changed, ${removed} gone; ${bytesRead} bytes read`,
  );
}
