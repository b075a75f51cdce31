import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createOpenFiles } from '../../src/index-segments/open-files.ts';

const FILES = 12;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-open-files-'));
  for (let file = 0; file < FILES; file += 1) await writeFile(pathOf(file), new Uint8Array(64).fill(file));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const pathOf = (file: number): string => join(folder, String(file));

it('reads what each file has, also those that are dropped while they are read', async () => {
  const files = createOpenFiles(2);
  const read = async (file: number): Promise<void> => {
    const bytes = new Uint8Array(16).fill(255);
    expect(await files.read(pathOf(file), bytes, 48)).toBe(16);
    expect(bytes).toEqual(new Uint8Array(16).fill(file));
  };
  const reads = Array.from({ length: 200 }, async (_, i) => {
    await read((i * 7) % FILES);
    if (i % 5 === 0) files.drop(pathOf(i % FILES));
    if (i % 50 === 0) files.clear();
    await read((i * 5) % FILES);
  });
  await Promise.all(reads);
  files.clear();
});

it('tells how much there was, and reads a file that was replaced anew once it is dropped', async () => {
  const files = createOpenFiles(2);
  const bytes = new Uint8Array(16);
  expect(await files.read(pathOf(3), bytes, 60)).toBe(4);
  await rm(pathOf(3));
  await writeFile(pathOf(3), new Uint8Array(8).fill(77));
  expect(await files.read(pathOf(3), bytes, 0)).toBe(16);
  files.drop(pathOf(3));
  expect(await files.read(pathOf(3), bytes, 0)).toBe(8);
  expect(bytes[0]).toBe(77);
  files.clear();
});

it('rejects as the system does if there is no file', async () => {
  await expect(createOpenFiles(2).read(pathOf(FILES), new Uint8Array(1), 0)).rejects.toMatchObject({ code: 'ENOENT' });
});
