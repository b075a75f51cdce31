import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { testDestination, virtualClock } from '@holdfast/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import { localDestination } from '../../src/local/index.ts';

// The answer of exFAT and FAT to link(2), in place of such a file system, which not every machine can mount. The same
// checks run on a real one in storage-conditions.test.ts.
vi.mock(import('node:fs/promises'), async (importOriginal) => ({
  ...(await importOriginal()),
  link: () => Promise.reject(Object.assign(new Error('EPERM: operation not permitted, link'), { code: 'EPERM' })),
}));

describe('localDestination without hard links', () => {
  let base = '';
  let path = '';

  beforeAll(async () => {
    base = await mkdtemp(join(tmpdir(), 'no-hard-links-'));
  });
  beforeEach(async () => {
    path = await mkdtemp(join(base, 'test-'));
  });
  afterAll(() => rm(base, { recursive: true }));

  testDestination({ describe, it }, () => localDestination({ path }));

  async function leaveLock(name: string): Promise<void> {
    await mkdir(join(path, '.incoming'));
    const lock = `${createHash('sha256').update(name).digest('hex').slice(0, 32)}.lock`;
    await writeFile(join(path, '.incoming', lock), '');
  }

  it('leaves no lock behind, neither after winning nor after losing', async () => {
    const destination = localDestination({ path });
    await destination.put('config', Uint8Array.of(1), { ifAbsent: true });
    const second = destination.put('config', Uint8Array.of(2), { ifAbsent: true });
    await expect(second).rejects.toMatchObject({ code: 'ERR_OBJECT_EXISTS' });
    expect(await readdir(join(path, '.incoming'))).toEqual([]);
  });

  it('waits ten seconds for a lock that a crash left behind, then takes it', async () => {
    await leaveLock('config');
    const clock = virtualClock({ start: 0 });
    const destination = localDestination({ path, clock });
    await clock.runUntil(destination.put('config', Uint8Array.of(1), { ifAbsent: true }));
    expect(clock.now()).toBe(10_000);
    expect(await destination.get('config')).toEqual(Uint8Array.of(1));
    expect(await readdir(join(path, '.incoming'))).toEqual([]);
  });

  it('stops waiting for a lock when it is aborted', async () => {
    await leaveLock('config');
    const controller = new AbortController();
    const reason = new Error('enough');
    const destination = localDestination({ path, clock: virtualClock() });
    const put = destination.put('config', Uint8Array.of(1), { ifAbsent: true, signal: controller.signal });
    setTimeout(() => controller.abort(reason), 30);
    await expect(put).rejects.toBe(reason);
    expect((await readdir(join(path, '.incoming'))).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});
