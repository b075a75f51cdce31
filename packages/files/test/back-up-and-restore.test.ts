import { execFileSync } from 'node:child_process';
import { appendFileSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRepository } from '@holdfast/core';
import type { Repository, RestorePlan } from '@holdfast/core';
import { memoryDestination } from '@holdfast/destinations/memory';
import { filesSource, filesTarget } from '@holdfast/files';
import { memoryMailbox, seededRandomness } from '@holdfast/testkit';
import { describe, expect, it } from 'vitest';
import { emptyFolder, folderWith, put, setModified } from './support.ts';

const repositoryInMemory = (): Promise<Repository> =>
  createRepository({ destination: memoryDestination(), key: 'none' });

/** Every file below a folder: its path, content and time. */
function contents(root: string): Record<string, { readonly bytes: string; readonly modified: number }> {
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && !entry.name.includes('\uFFFD'),
  );
  return Object.fromEntries(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const { mtimeMs } = statSync(path);
      return [path.slice(root.length), { bytes: readFileSync(path, 'base64'), modified: Math.round(mtimeMs) }];
    }),
  );
}

const latest = (
  repository: Repository,
  options: Partial<Parameters<Repository['planRestore']>[0]> = {},
): Promise<RestorePlan> => repository.planRestore({ snapshot: 'latest', ...options });

describe('a folder that is backed up and restored', () => {
  it('comes back byte by byte, with folders, odd names and times; once more, nothing is written', async () => {
    const random = seededRandomness(4);
    const path = await folderWith({
      'letter.eml': 'Subject: Hello\r\n\r\nHi',
      'a/b/c/deep.txt': 'deep',
      'a/empty.bin': '',
      'a/large.bin': random.bytes(9_000_000),
      '.hidden/\u00e4\u{1F600} name.txt': 'odd',
      ...(process.platform === 'win32' ? {} : { 'a:b?/c*.txt': 'unportable', 'con/nul.txt': 'device' }),
    });
    await setModified(join(path, 'letter.eml'), 1_600_000_000_000);
    const raw = (folder: string): Buffer => Buffer.concat([Buffer.from(`${folder}/raw`), Buffer.of(0xff)]);
    if (process.platform === 'linux') await writeFile(raw(path), 'raw');
    const repository = await repositoryInMemory();
    const report = await repository.backup(filesSource({ path }));
    expect(report.result).toBe('complete');

    const restored = await emptyFolder();
    const plan = await latest(repository);
    const first = await repository.restore(plan, filesTarget({ path: restored }));
    expect(first.result).toBe('complete');
    expect(contents(restored)).toEqual(contents(path));
    if (process.platform === 'linux') expect(readFileSync(raw(restored), 'utf8')).toBe('raw');
    const second = await repository.restore(plan, filesTarget({ path: restored }));
    expect([second.restored, second.skipped]).toEqual([0, first.restored]);
    expect((await repository.backup(filesSource({ path: restored }))).snapshot.statistics.items).toBe(first.restored);
  });

  it('costs nothing while it is unchanged, and only what changed when it is not', async () => {
    const files = Array.from(
      { length: 300 },
      (_, n) => [`f${n % 5}/m${n}.eml`, `Subject: ${n}\r\n\r\n${'x'.repeat(n)}`] as const,
    );
    const path = await folderWith(Object.fromEntries(files));
    const repository = await repositoryInMemory();
    const source = filesSource({ path });
    await repository.backup(source);
    const quiet = await repository.backup(source);
    expect([quiet.unchanged, quiet.snapshot.statistics.bytesRead]).toEqual([true, 0]);

    appendFileSync(join(path, 'f1/m1.eml'), 'more');
    await rename(join(path, 'f2/m2.eml'), join(path, 'f3/m2.eml'));
    await rm(join(path, 'f4/m4.eml'));
    await put(path, 'new/n.eml', 'Subject: new\r\n\r\n');
    const { snapshot } = await repository.backup(source);
    expect(snapshot.statistics).toMatchObject({ items: 300, added: 2, changed: 1, removed: 2 });
  });

  it('shows who wrote what in a list', async () => {
    const path = await folderWith({ 'a.eml': 'Subject: Hello\r\nFrom: Ada <ada@example.org>\r\n\r\n', 'b.txt': 'b' });
    const repository = await repositoryInMemory();
    await repository.backup(filesSource({ path }));
    const { items: listed } = await repository.browse({ snapshot: 'latest', collection: '.' });
    expect(listed.map(({ summary }) => [summary.subject, summary.from]).toSorted()).toEqual([
      ['Hello', 'Ada <ada@example.org>'],
      ['b.txt', undefined],
    ]);
  });

  it('has a line in the report for each file that cannot be read, and is no success then', async () => {
    const path = await folderWith({ 'good.txt': 'good', 'large.bin': new Uint8Array(5_000_000) });
    const source = filesSource({ path });
    /** The same folder, of which a file grows while it is read, as a log does. */
    const streaming: typeof source = {
      ...source,
      read: async (item, options) => {
        const { parts, omitted } = await source.read(item, options);
        const [part] = parts;
        if (part === undefined || part.bytes instanceof Uint8Array) return { parts, omitted };
        const pieces = part.bytes;
        const growing = async function* (): AsyncGenerator<Uint8Array> {
          for await (const piece of pieces) {
            appendFileSync(join(path, 'large.bin'), 'x');
            yield piece;
          }
        };
        return { parts: [{ name: part.name, bytes: growing() }], omitted };
      },
    };
    const repository = await repositoryInMemory();
    const report = await repository.backup(streaming);
    expect(report.result).toBe('complete-with-failures');
    expect(report.coverage.failures.map(({ item, code }) => [item, code])).toEqual([
      ['large.bin', 'ERR_ITEM_UNREADABLE'],
    ]);
    const again = await repository.backup(source);
    expect(again.result).toBe('complete');
    expect(again.snapshot.statistics.items).toBe(2);
  });

  it.each([
    ['skip', { 'one.txt': 'mine', 'two.txt': '2' }],
    ['only-missing', { 'one.txt': 'mine', 'two.txt': '2' }],
    ['replace', { 'one.txt': '1', 'two.txt': '2' }],
  ] as const)('meets another version by the policy "%s"', async (onConflict, expected) => {
    const path = await folderWith({ 'one.txt': '1', 'two.txt': '2' });
    const repository = await repositoryInMemory();
    await repository.backup(filesSource({ path }));
    const plan = await latest(repository, { onConflict });
    await writeFile(join(path, 'one.txt'), 'mine');
    await rm(join(path, 'two.txt'));
    for (let run = 0; run < 2; run += 1) {
      expect((await repository.restore(plan, filesTarget({ path }))).result).toBe('complete');
      const found = Object.entries(contents(path)).map(([name, { bytes }]) => [name.slice(1), atob(bytes)]);
      expect(Object.fromEntries(found)).toEqual(expected);
    }
  });

  it('puts copies beside other versions, once', async () => {
    const path = await folderWith({ 'one.txt': '1' });
    const repository = await repositoryInMemory();
    await repository.backup(filesSource({ path }));
    await writeFile(join(path, 'one.txt'), 'mine');
    const plan = await latest(repository, { onConflict: 'copy' });
    const target = filesTarget({ path });
    expect((await repository.restore(plan, target)).actions.copy).toBe(1);
    expect((await repository.restore(plan, target)).actions.skip).toBe(1);
    expect((await repository.restore(plan, filesTarget({ path }))).actions.skip).toBe(1);
    expect(
      Object.values(contents(path))
        .map(({ bytes }) => atob(bytes))
        .toSorted(),
    ).toEqual(['1', 'mine']);
  });

  it('tells under which name a replaced file lies in the end', async () => {
    const path = await folderWith({ 'one.txt': '1' });
    const repository = await repositoryInMemory();
    await repository.backup(filesSource({ path }));
    await writeFile(join(path, 'one.txt'), 'mine');
    const report = await repository.restore(await latest(repository, { onConflict: 'replace' }), filesTarget({ path }));
    expect(report.items.map(({ action, targetId }) => [action, targetId])).toEqual([['replace', 'one.txt']]);
  });

  it.each(['skip', 'replace', 'copy', 'only-missing'] as const)(
    'loses no file where all folders become one, with the policy "%s"',
    async (onConflict) => {
      const path = await folderWith({ 'a/x.txt': '1', 'b/x.txt': '2', 'c/x.txt': '1' });
      const repository = await repositoryInMemory();
      await repository.backup(filesSource({ path }));
      const restored = await emptyFolder();
      const plan = await latest(repository, { into: ['all'], structure: 'flat', onConflict });
      for (let run = 0; run < 3; run += 1) {
        const report = await repository.restore(plan, filesTarget({ path: restored }));
        expect(report.restored + report.skipped).toBe(3);
        expect(
          Object.values(contents(restored))
            .map(({ bytes }) => atob(bytes))
            .toSorted(),
        ).toEqual(['1', '1', '2']);
      }
    },
  );

  it('ends at once when the disk is full, and says so', async (context) => {
    if (process.platform !== 'linux') context.skip('only Linux has tmpfs');
    const path = await folderWith(
      Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`m${n}`, new Uint8Array(100_000)])),
    );
    const repository = await repositoryInMemory();
    await repository.backup(filesSource({ path }));
    const small = await emptyFolder();
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', small], { stdio: 'ignore' });
    } catch {
      context.skip('this account may not mount a tmpfs');
    }
    try {
      const report = await repository.restore(await latest(repository), filesTarget({ path: small }));
      expect(report.ended?.code).toBe('ERR_SOURCE_QUOTA_EXCEEDED');
      expect(readdirSync(small).every((name) => /^m\d+$/.test(name))).toBe(true);
    } finally {
      execFileSync('umount', [small]);
    }
  });
});

describe('a mailbox that is exported to a folder', () => {
  it('becomes a file for each message, which a second export leaves alone', async () => {
    const mailbox = memoryMailbox();
    mailbox.addCollection('inbox', { name: 'Inbox' });
    mailbox.addCollection('sub', { name: 'Projects: 2026', parent: 'inbox' });
    const encoder = new TextEncoder();
    for (let n = 0; n < 25; n += 1) {
      const parts = { 'message.eml': encoder.encode(`Subject: ${n}\r\n\r\n`), 'properties.json': encoder.encode('{}') };
      mailbox.put(n % 2 === 0 ? 'inbox' : 'sub', {
        id: `m${n}`,
        subject: 'Re: plan',
        created: n * 1000,
        parts,
        volatile: {},
      });
    }
    const repository = await repositoryInMemory();
    await repository.backup(mailbox);
    const path = await emptyFolder();
    const plan = await latest(repository);
    const report = await repository.restore(plan, filesTarget({ path, names: 'portable' }));
    expect([report.result, report.restored]).toEqual(['complete', 25]);
    const names = Object.keys(contents(path));
    expect(names.filter((name) => name.endsWith('.eml'))).toHaveLength(25);
    expect(names.filter((name) => name.endsWith('properties.json'))).toHaveLength(25);
    const again = await repository.restore(plan, filesTarget({ path, names: 'portable' }));
    expect([again.restored, again.skipped]).toEqual([0, 25]);
    for (const policy of ['only-missing', 'replace', 'copy'] as const) {
      const other = await repository.restore({ ...plan, onConflict: policy }, filesTarget({ path, names: 'portable' }));
      expect([other.restored, other.skipped]).toEqual([0, 25]);
    }
  });
});
