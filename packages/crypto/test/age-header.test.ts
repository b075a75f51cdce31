import { Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { expect, it } from 'vitest';
import { readAgeForm } from '../src/age-header.ts';
import { bytesOf } from './fixtures.ts';

const SALT = 'A'.repeat(22);
const BODY = 'B'.repeat(43);
const MAC = `--- ${'C'.repeat(43)}\n`;
const fileOf = (...stanzas: readonly string[]): Uint8Array =>
  bytesOf(`age-encryption.org/v1\n${stanzas.join('')}${MAC}`);
const scrypt = (args = `${SALT} 15`): string => `-> scrypt ${args}\n${BODY}\n`;
const x25519 = `-> X25519 ${'D'.repeat(43)}\n${BODY}\n`;

it('tells a slot and its work factor', () => {
  expect(readAgeForm(fileOf(scrypt()))).toEqual({ form: 'slot', workFactor: 15 });
});

it('tells a keyring of one or many recipients', async () => {
  const encrypter = new Encrypter();
  for (let count = 0; count < 3; count += 1) {
    encrypter.addRecipient(await identityToRecipient(await generateX25519Identity()));
  }
  expect(readAgeForm(await encrypter.encrypt('x'))).toEqual({ form: 'keyring' });
  expect(readAgeForm(fileOf(x25519, '-> grease.example x\n\n'))).toEqual({ form: 'keyring' });
});

it.each([
  ['two scrypt stanzas', fileOf(scrypt(), scrypt())],
  ['scrypt beside another stanza', fileOf(scrypt(), x25519)],
  ['no work factor', fileOf(scrypt(SALT))],
  ['a work factor with a leading zero', fileOf(scrypt(`${SALT} 015`))],
  ['a work factor that is no number', fileOf(scrypt(`${SALT} 1e1`))],
  ['a work factor without end', fileOf(scrypt(`${SALT} ${'9'.repeat(400)}`))],
  ['a further argument', fileOf(scrypt(`${SALT} 15 16`))],
  ['a short salt', fileOf(scrypt('AAAA 15'))],
  ['a short body', fileOf(`-> scrypt ${SALT} 15\nBBBB\n`)],
  ['a body that is not base64', fileOf(`-> scrypt ${SALT} 15\n${'!'.repeat(43)}\n`)],
  ['no stanza', fileOf()],
  ['no MAC', bytesOf(`age-encryption.org/v1\n${scrypt()}`)],
  ['no end of the body', bytesOf(`age-encryption.org/v1\n-> scrypt ${SALT} 15\n${'B'.repeat(64)}\n`)],
  ['a line that is no stanza', fileOf('scrypt\n')],
])('calls a header malformed with %s', (_, bytes) => {
  expect(readAgeForm(bytes)).toEqual({ form: 'malformed' });
});

it.each([
  ['another version', bytesOf('age-encryption.org/v2\n')],
  ['a keyring in clear', bytesOf('{"holdfast":"keyring"}')],
  ['an armored file', bytesOf('-----BEGIN AGE ENCRYPTED FILE-----\n')],
  ['another kind of stanza', fileOf(`-> ssh-ed25519 abcd ${SALT}\n${BODY}\n`)],
  ['nothing', new Uint8Array()],
])('leaves %s alone', (_, bytes) => {
  expect(readAgeForm(bytes)).toEqual({ form: 'other' });
});
