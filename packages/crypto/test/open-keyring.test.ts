import { inspect } from 'node:util';
import type { JsonObject } from '@holdfast/contracts';
import { CryptoError } from '@holdfast/contracts';
import { Decrypter, Encrypter, identityToRecipient } from 'age-encryption';
import { describe, expect, it } from 'vitest';
import { createKeyring, generateKey, openKeyring, password } from '../src/index.ts';
import type { KeyFile, OpenKeyringOptions, RepositoryKey } from '../src/index.ts';
import { goldenKeyring } from './data/golden-keyring.ts';
import { bytesOf, codeOfError, flipped, hex, keyFileOf, readAll, smallObject, textOf } from './fixtures.ts';

const members = { holdfast: 'repository', version: 1, pack: { target: 1 } };
const key = generateKey();
const made = await createKeyring({ key, config: members });
const config: JsonObject = made.config;
const [slot, keyringFile] = made.files.map(keyFileOf) as [KeyFile, KeyFile];
const files = [slot, keyringFile];
const clear = await createKeyring({ key: 'none', config: members });
const clearFiles = clear.files.map(keyFileOf);

const slotText = await (async () => {
  const decrypter = new Decrypter();
  decrypter.addPassphrase(key.secret.reveal());
  return decrypter.decrypt(slot.bytes, 'text');
})();
const identity = slotText.trim().split('\n').at(-1)!;

async function open(options: Partial<OpenKeyringOptions>): Promise<unknown> {
  try {
    return await openKeyring({ config, files, key, ...options });
  } catch (error) {
    return codeOfError(error);
  }
}

/** A keyring sealed to the right recipient, with members changed. */
async function sealedKeyring(changes: JsonObject | string): Promise<KeyFile> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  const genuine = JSON.parse(await decrypter.decrypt(keyringFile.bytes, 'text'));
  const encrypter = new Encrypter();
  encrypter.addRecipient(await identityToRecipient(identity));
  return keyFileOf(
    await encrypter.encrypt(typeof changes === 'string' ? changes : JSON.stringify({ ...genuine, ...changes })),
  );
}

/** A slot with any content under a key; cheap unless told otherwise. */
async function slotWith(text: string, secret: RepositoryKey = key, workFactor = 10): Promise<KeyFile> {
  const encrypter = new Encrypter();
  encrypter.setPassphrase(secret.secret.reveal());
  encrypter.setScryptWorkFactor(workFactor);
  return keyFileOf(await encrypter.encrypt(text));
}

const otherRoot = Buffer.alloc(32, 7).toString('base64');
const damagedSlot: KeyFile = { ...slot, bytes: flipped(slot.bytes, slot.bytes.length - 1) };

describe('opening', () => {
  it('reads what the creator sealed, and the other way round', async () => {
    const keyring = await openKeyring({ config: JSON.parse(JSON.stringify(config)), files, key });
    expect([keyring.encrypted, keyring.generation, keyring.suite, keyring.epoch]).toEqual([true, 1, 1, 1]);
    expect(hex(keyring.repositoryId)).toBe(config['id']);
    expect(hex(keyring.chunkerKey)).toBe(hex(made.keyring.chunkerKey));
    expect(readAll(keyring, smallObject(made.keyring).bytes)).toHaveLength(2);
    expect(readAll(made.keyring, smallObject(keyring).bytes)).toHaveLength(2);
  });

  it('works with a password in either Unicode form, whatever the order of files', async () => {
    const { files: bytes, config: own } = await createKeyring({ key: password('café'), config: members });
    const ownFiles = bytes.map(keyFileOf).toReversed();
    const keyring = await openKeyring({ config: own, files: ownFiles, key: password('cafe\u0301') });
    expect(keyring.generation).toBe(1);
  });

  it('works for a clear repository, without a key', async () => {
    const keyring = await openKeyring({ config: clear.config, files: clearFiles, key: undefined });
    expect([keyring.encrypted, keyring.generation, keyring.suite]).toEqual([false, 1, 0]);
    expect(readAll(keyring, smallObject(clear.keyring).bytes)).toHaveLength(2);
  });

  it('still opens the golden keyring', async () => {
    const golden = goldenKeyring();
    const keyring = await openKeyring(golden);
    expect(hex(keyring.blobId(1, bytesOf('Dear Ada')))).toBe(golden.blobId);
    expect(readAll(keyring, golden.object).map(textOf)).toEqual(['Dear Ada', 'the engine works']);
  });

  it('rejects with the reason of an abort', async () => {
    const reason = new Error('enough');
    const rejected = openKeyring({ config, files, key, signal: AbortSignal.abort(reason) });
    await expect(rejected).rejects.toBe(reason);
  });
});

describe('a key', () => {
  it('is asked for if the repository is encrypted', async () => {
    expect(await open({ key: undefined })).toBe('ERR_KEY_MISSING');
  });

  it('that is wrong is told from a damaged object', async () => {
    expect(await open({ key: generateKey() })).toBe('ERR_KEY_WRONG');
    expect(await open({ files: [damagedSlot, keyringFile] })).toBe('ERR_KEYRING_DAMAGED');
    expect(await open({ files: [damagedSlot, keyringFile], key: generateKey() })).toBe('ERR_KEYRING_DAMAGED');
    const damagedKeyring = { ...keyringFile, bytes: flipped(keyringFile.bytes, keyringFile.bytes.length - 1) };
    expect(await open({ files: [slot, damagedKeyring] })).toBe('ERR_KEYRING_DAMAGED');
    expect(await open({ files: [slot, damagedKeyring], key: generateKey() })).toBe('ERR_KEY_WRONG');
  });

  it('is refused where nothing is encrypted: the repository may have been swapped', async () => {
    expect(await open({ config: clear.config, files: clearFiles })).toBe('ERR_KEY_WRONG');
  });

  it('is in no error', async () => {
    const secret = password('correct horse battery staple');
    for (const attempt of [files, [damagedSlot], []]) {
      const error = await openKeyring({ config, files: attempt, key: secret }).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(Error);
      expect(inspect(error, { depth: null, showHidden: true })).not.toContain('horse');
    }
  });
});

describe('damage', () => {
  it('of one slot beside a good one does not matter', async () => {
    const other = await slotWith('# holdfast slot 1\n', generateKey());
    const broken = { ...other, bytes: flipped(other.bytes, 30) };
    const unknown = keyFileOf(bytesOf('something else'));
    const foreignName = { name: 'keys/notes.txt', bytes: bytesOf('x') };
    expect(await open({ files: [broken, unknown, foreignName, ...files] })).toMatchObject({ generation: 1 });
  });

  it('of any byte of slot or keyring is noticed', async () => {
    for (const file of files) {
      for (let index = 0; index < file.bytes.length; index += 41) {
        const changed = { ...file, bytes: flipped(file.bytes, index) };
        // Without the other file there is nothing costly to try.
        expect(await open({ files: [changed] })).toBe('ERR_KEYRING_DAMAGED');
      }
    }
  });

  it('is what missing objects are, and is named', async () => {
    expect(await open({ files: [slot] })).toBe('ERR_KEYRING_DAMAGED');
    expect(await open({ files: [keyringFile] })).toBe('ERR_KEYRING_DAMAGED');
    expect(await open({ files: [] })).toBe('ERR_KEYRING_DAMAGED');
    expect(await open({ config: clear.config, files: [], key: undefined })).toBe('ERR_KEYRING_DAMAGED');
    const cut = { ...slot, bytes: slot.bytes.subarray(0, 20) };
    await expect(openKeyring({ config, files: [cut, keyringFile], key })).rejects.toMatchObject({
      details: { object: slot.name },
    });
  });

  it.each([
    ['no JSON', 'AGE root secret'],
    ['no object', '[]'],
    ['another kind of file', { holdfast: 'config' }],
    ['a root that is too short', { root: 'AAAA' }],
    ['a root that is no base64', { root: '!'.repeat(44) }],
    ['generation 0', { generation: 0 }],
    ['no version', { version: null }],
    ['version 0', { version: 0 }],
    ['an epoch it has no key of', { epoch: 2 }],
    ['one epoch twice', { epochs: [1, 1].map((n) => ({ n, key: otherRoot })) }],
    ['epochs that are none', { epochs: [null] }],
    ['no epochs', { epochs: 'none' }],
  ])('of the plaintext is noticed: %s', async (_, changes) => {
    const error = await openKeyring({ config, files: [slot, await sealedKeyring(changes)], key }).catch(
      (e: unknown) => e,
    );
    expect(codeOfError(error)).toBe('ERR_KEYRING_DAMAGED');
    expect(inspect(error, { depth: null })).not.toContain('AGE root');
  });

  it('is what a work factor below 10 is, and one of 16 is not', async () => {
    const withFactor = async (factor: number): Promise<readonly KeyFile[]> => [
      await slotWith(slotText, key, factor),
      keyringFile,
    ];
    expect(await open({ files: await withFactor(9) })).toBe('ERR_KEYRING_DAMAGED');
    expect(await open({ files: await withFactor(1) })).toBe('ERR_KEYRING_DAMAGED');
    expect(await open({ files: await withFactor(16) })).toMatchObject({ generation: 1 });
  });

  it('is what a work factor of 21 is, and nothing is computed for it', async () => {
    const text = textOf(slot.bytes.subarray(0, 60)).split('\n')[1]!;
    const at = 'age-encryption.org/v1\n'.length + text.length - 2;
    const costly = slot.bytes.slice();
    costly.set(bytesOf('21'), at);
    const started = performance.now();
    expect(await open({ files: [keyFileOf(costly), keyringFile] })).toBe('ERR_KEYRING_DAMAGED');
    // 2^21 takes seconds and 2 GiB.
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it('of an identity is noticed and does not show it', async () => {
    const broken = `${identity.slice(0, -1)}${identity.endsWith('Q') ? 'P' : 'Q'}`;
    const lines = `# holdfast slot 1\n# repository: ${made.config.id}\n# commitment: ${'00'.repeat(32)}\n${broken}\n`;
    const attempt = openKeyring({ config, files: [await slotWith(lines), keyringFile], key });
    const error = await attempt.catch((thrown: unknown) => thrown);
    expect(codeOfError(error)).toBe('ERR_KEYRING_DAMAGED');
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain('AGE-SECRET');
  });
});

describe('forgery', () => {
  it('of a keyring with another root, sealed to the right recipient, is refused', async () => {
    const forged = await sealedKeyring({ root: otherRoot, generation: 9 });
    expect(await open({ files: [slot, forged] })).toBe('ERR_KEYRING_FORGED');
    const error = await openKeyring({ config, files: [slot, forged], key }).catch((thrown: unknown) => thrown);
    expect(CryptoError.is(error) && error.details['object']).toBe(forged.name);
  });

  it('of a keyring beside a genuine one does not matter, however high its generation', async () => {
    const forged = await sealedKeyring({ root: otherRoot, generation: 9 });
    expect(await open({ files: [forged, ...files] })).toMatchObject({ generation: 1 });
  });

  it('of a keyring with another repository id is refused', async () => {
    expect(await open({ files: [slot, await sealedKeyring({ repository: '00'.repeat(32) })] })).toBe(
      'ERR_KEYRING_FORGED',
    );
  });

  it('by a clear keyring in an encrypted repository is not even looked at', async () => {
    expect(await open({ files: [slot, ...clearFiles] })).toBe('ERR_KEYRING_DAMAGED');
  });
});

describe('generations', () => {
  it('the highest genuine one is in force', async () => {
    const second = await sealedKeyring({ generation: 2, epoch: 2, epochs: [1, 2].map((n) => ({ n, key: otherRoot })) });
    for (const order of [
      [second, ...files],
      [...files, second],
    ]) {
      expect(await open({ files: order })).toMatchObject({ generation: 2, epoch: 2 });
    }
  });

  it('an older one is used if the newer one is damaged', async () => {
    const second = await sealedKeyring({ generation: 2 });
    const damaged = { ...second, bytes: flipped(second.bytes, second.bytes.length - 1) };
    expect(await open({ files: [damaged, ...files] })).toMatchObject({ generation: 1 });
  });

  it('one of a newer version stops the reader', async () => {
    expect(await open({ files: [await sealedKeyring({ version: 2 }), ...files] })).toBe('ERR_VERSION_UNSUPPORTED');
  });

  it('one with an unknown suite stops the reader', async () => {
    expect(await open({ files: [slot, await sealedKeyring({ suite: 'aes-512-xyz' })] })).toBe('ERR_SUITE_UNSUPPORTED');
    expect(await open({ files: [slot, await sealedKeyring({ suite: 'none' })] })).toBe('ERR_SUITE_UNSUPPORTED');
  });

  it('a newer slot stops the reader', async () => {
    expect(await open({ files: [await slotWith('# holdfast slot 2\nx\n'), keyringFile] })).toBe(
      'ERR_VERSION_UNSUPPORTED',
    );
  });

  it('the highest one is in force in a clear repository too, and one of another repository is not', async () => {
    const generation = (changes: JsonObject): KeyFile =>
      keyFileOf(bytesOf(JSON.stringify({ ...JSON.parse(textOf(clear.files[0]!)), ...changes })));
    const options = { config: clear.config, key: undefined };
    const third = generation({ generation: 3 });
    const foreign = generation({ generation: 4, repository: '00'.repeat(32) });
    expect(await open({ ...options, files: [foreign, third, ...clearFiles] })).toMatchObject({ generation: 3 });
    expect(await open({ ...options, files: [foreign] })).toBe('ERR_KEYRING_FORGED');
  });
});

describe('a config', () => {
  it.each<[string, JsonObject]>([
    ['with a member changed', { ...config, pack: { target: 2 } }],
    ['with a member added', { ...config, policy: 'x' }],
    ['with another MAC', { ...config, mac: '00'.repeat(32) }],
    ['without a MAC', Object.fromEntries(Object.entries(config).filter(([name]) => name !== 'mac'))],
    ['with the id of another repository', { ...config, id: '00'.repeat(32) }],
    ['without an id', { ...config, id: 7 }],
    ['that does not say whether it is encrypted', { ...config, encrypted: 'yes' }],
    ['that is nested without end', { ...config, pack: JSON.parse(`${'['.repeat(9000)}${']'.repeat(9000)}`) }],
  ])('%s is refused', async (_, changed) => {
    expect(await open({ config: changed })).toBe('ERR_CONFIG_DAMAGED');
  });

  it('may have its members in any order', async () => {
    const reversed = Object.fromEntries(Object.entries(config).toReversed());
    expect(await open({ config: reversed })).toMatchObject({ generation: 1 });
  });

  it('of a clear repository is checked as well', async () => {
    const changed = { ...clear.config, version: 0 };
    expect(await open({ config: changed, files: clearFiles, key: undefined })).toBe('ERR_CONFIG_DAMAGED');
    const other = { ...clear.config, id: '00'.repeat(32) };
    expect(await open({ config: other, files: clearFiles, key: undefined })).toBe('ERR_CONFIG_DAMAGED');
  });
});
