import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Decrypter } from 'age-encryption';
import { expect, it } from 'vitest';
import { createKeyring, generateKey } from '../src/index.ts';

const hasTool = spawnSync('age', ['--version']).status === 0;
/** `script` of util-linux gives the tool the terminal it asks the passphrase on. */
const hasTerminal = hasTool && /util-linux/.test(spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout ?? '');

it.skipIf(!hasTool)('opens a keyring with the public age tool (skipped if age is not in PATH)', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-age-'));
  try {
    const { slot, keyring, key, id } = await written(folder);
    const decrypter = new Decrypter();
    decrypter.addPassphrase(key);
    const identity = join(folder, 'identity');
    writeFileSync(identity, await decrypter.decrypt(readFileSync(slot)));
    const opened = JSON.parse(execFileSync('age', ['-d', '-i', identity, keyring], { encoding: 'utf8' }));
    expect(opened).toMatchObject({ holdfast: 'keyring', repository: id });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it.skipIf(!hasTerminal)(
  'opens a slot with it (skipped if age or the script of util-linux is not in PATH)',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-age-'));
    try {
      const { slot, key, id } = await written(folder);
      const identity = join(folder, 'identity');
      const command = `sleep 0.3; age -d -o '${identity}' '${slot}'`;
      const run = spawnSync('script', ['-qec', command, '/dev/null'], {
        input: `${key}\n`,
        encoding: 'utf8',
        timeout: 15_000,
      });
      expect(run.status, run.stdout).toBe(0);
      const lines = readFileSync(identity, 'utf8').split('\n');
      expect(lines[1]).toBe(`# repository: ${id}`);
      expect(lines[6]).toMatch(/^AGE-SECRET-KEY-1/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);

async function written(folder: string): Promise<{ slot: string; keyring: string; key: string; id: string }> {
  const key = generateKey();
  const { files, config } = await createKeyring({ key, config: {} });
  const [slot, keyring] = ['slot', 'keyring'].map((name, index) => {
    writeFileSync(join(folder, name), files[index]!);
    return join(folder, name);
  });
  return { slot: slot!, keyring: keyring!, key: key.secret.reveal(), id: config.id };
}
