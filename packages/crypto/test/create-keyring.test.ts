import { createHmac, hkdfSync } from 'node:crypto';
import { systemClock } from '@holdfast/contracts';
import { Decrypter, identityToRecipient } from 'age-encryption';
import { expect, it } from 'vitest';
import { readAgeForm } from '../src/age-header.ts';
import { createKeyring, generatedKey, password } from '../src/index.ts';
import { hex, readAll, seededRandomness, smallObject, textOf } from './fixtures.ts';

const config = {
  holdfast: 'repository',
  version: 1,
  created: '2026-11-23T04:05:06.789Z',
  pack: { target: 16_777_216 },
};
const clock = { ...systemClock, now: () => Date.parse('2026-11-23T04:05:06.789Z') };
const KEY_TEXT = 'Ab1'.repeat(14) + 'Zz';

it('writes a slot and a keyring that say what the format asks for', async () => {
  const randomness = seededRandomness('create');
  const made = await createKeyring({ key: generatedKey(KEY_TEXT), config, clock, randomness, label: 'Ada’s laptop' });
  const [slotFile, keyringFile] = made.files;
  expect(made.files).toHaveLength(2);
  expect(readAgeForm(slotFile!)).toEqual({ form: 'slot', workFactor: 10 });
  expect(readAgeForm(keyringFile!)).toEqual({ form: 'keyring' });

  const again = seededRandomness('create');
  const [id, root, epochKey] = [again.bytes(32), again.bytes(32), again.bytes(32)];
  const slot = new Decrypter();
  slot.addPassphrase(KEY_TEXT);
  const lines = (await slot.decrypt(slotFile!, 'text')).split('\n');
  const commitment = Buffer.from(hkdfSync('sha256', root, id, 'holdfast v1 root check', 32)).toString('hex');
  const identity = lines[6]!;
  expect(identity).toMatch(/^AGE-SECRET-KEY-1/);
  expect(lines).toEqual([
    '# holdfast slot 1',
    `# repository: ${hex(id)}`,
    `# commitment: ${commitment}`,
    '# type: generated',
    '# label: Ada’s laptop',
    '# created: 2026-11-23T04:05:06.789Z',
    identity,
    '',
  ]);

  const keyring = new Decrypter();
  keyring.addIdentity(identity);
  expect(JSON.parse(await keyring.decrypt(keyringFile!, 'text'))).toEqual({
    holdfast: 'keyring',
    version: 1,
    repository: hex(id),
    generation: 1,
    root: Buffer.from(root).toString('base64'),
    suite: 'aes-256-gcm',
    epoch: 1,
    epochs: [{ n: 1, key: Buffer.from(epochKey).toString('base64') }],
    recipients: [
      {
        recipient: await identityToRecipient(identity),
        type: 'generated',
        label: 'Ada’s laptop',
        created: '2026-11-23T04:05:06.789Z',
      },
    ],
    config: made.config,
  });
});

it('makes a password slot costlier to guess', async () => {
  const { files } = await createKeyring({ key: password('abc'), config });
  expect(readAgeForm(files[0]!)).toEqual({ form: 'slot', workFactor: 16 });
});

it('completes the config with id, MAC and whether it is encrypted', async () => {
  const made = await createKeyring({ key: 'none', config, randomness: seededRandomness('config') });
  const randomness = seededRandomness('config');
  const [id, root] = [randomness.bytes(32), randomness.bytes(32)];
  const key = Buffer.from(hkdfSync('sha256', root, id, 'holdfast v1 config', 32));
  const canonical =
    `{"created":"2026-11-23T04:05:06.789Z","encrypted":false,"holdfast":"repository","id":"${hex(id)}",` +
    `"pack":{"target":16777216},"version":1}`;
  const mac = createHmac('sha256', key).update(canonical).digest('hex');
  expect(made.config).toEqual({ ...config, encrypted: false, id: hex(id), mac });
});

it('writes the keyring of a clear repository in clear, without a slot', async () => {
  const { files, keyring, config: complete } = await createKeyring({ key: 'none', config });
  expect(files).toHaveLength(1);
  const members = JSON.parse(textOf(files[0]!));
  expect(members).toMatchObject({ suite: 'none', epoch: 0, epochs: [], recipients: [], config: complete });
  expect([keyring.encrypted, keyring.suite, keyring.epoch]).toEqual([false, 0, 0]);
  expect(readAll(keyring, smallObject(keyring).bytes)).toHaveLength(2);
});

it.each([
  ['a config with an id', { key: 'none', config: { id: 'x' } } as const],
  ['a config with a MAC', { key: 'none', config: { mac: 'x' } } as const],
  ['a config that says it is encrypted, without a key', { key: 'none', config: { encrypted: true } } as const],
  ['a config that says it is not, with a key', { key: password('abc'), config: { encrypted: false } }],
  ['a label of two lines', { key: password('abc'), config, label: 'a\nAGE-SECRET-KEY-1' }],
])('refuses %s', async (_, options) => {
  await expect(createKeyring(options)).rejects.toThrow(RangeError);
});
