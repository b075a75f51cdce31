import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inflateRawSync, zstdDecompressSync } from 'node:zlib';
import { BLOB_KINDS, openBlob, openKeyring, openTable } from '@holdfast/crypto';
import type { Keyring, RepositoryKey } from '@holdfast/crypto';
import type { JsonObject } from '@holdfast/contracts';
import { root } from '../../tools/run-command.ts';
import { readCbor } from './read-cbor.ts';
import type { Cbor } from './read-cbor.ts';
import { storedObjects } from './stored-objects.ts';

/** A field that was found in a repository, and the page of docs/format that must name it. */
export interface FormatField {
  /** What it is a field of. */
  readonly structure: string;
  readonly field: string;
  readonly page: string;
}

/** Maps with members of the source, which the format keeps and does not name; and the copy of the config in a keyring. */
const NOT_FOLLOWED: ReadonlySet<string> = new Set(['metadata', 'volatile', 'config']);

/** Opens every object of a repository and lists every field that was written in it, each once. */
export async function fieldsOf(folder: string, key: RepositoryKey | 'none'): Promise<FormatField[]> {
  const fields = new Map<string, FormatField>();
  const note = (page: string, structure: string, value: unknown): void => {
    if (Array.isArray(value)) for (const element of value) note(page, structure, element);
    if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Uint8Array) return;
    for (const [field, member] of Object.entries(value)) {
      fields.set(`${structure}.${field}`, { structure, field, page });
      if (!NOT_FOLLOWED.has(field)) note(page, `${structure}.${field}`, member);
    }
  };

  const objects = await storedObjects(folder);
  const config = JSON.parse(textOf(objects.get('config') ?? new Uint8Array())) as JsonObject;
  note('objects.md', 'config', config);
  const files = [...objects].filter(([name]) => name.startsWith('keys/')).map(([name, bytes]) => ({ name, bytes }));
  for (const keyring of await readKeyrings(files, key, note)) note('keys.md', 'keyring', keyring);

  const keyring = await openKeyring({ config, files, ...(key === 'none' ? {} : { key }) });
  for (const [object, bytes] of objects) {
    if (!/^(?:data|index|snapshots)\//.test(object)) continue;
    const blobs = [...openBlobs(keyring, bytes, object)];
    for (const [position, { kind, raw }] of blobs.entries()) {
      if (kind === BLOB_KINDS.node) noteNode(note, raw);
      // Lead and map are no CBOR; the directory is the third blob.
      if (kind === BLOB_KINDS.indexDirectory && position === 2) note('index.md', 'directory', readCbor(raw).value);
      if (kind === BLOB_KINDS.snapshot) note('snapshots.md', 'snapshot', JSON.parse(textOf(raw)));
      if (kind === BLOB_KINDS.report) note('snapshots.md', 'coverage', JSON.parse(textOf(raw)));
      if (kind !== BLOB_KINDS.indexBlock || position !== 3) continue;
      const { segment } = readCbor(blobs[2]?.raw ?? new Uint8Array()).value as { readonly segment: Cbor };
      if (segment === 'snapshots') note('index.md', 'summary', readCbor(raw).value);
    }
  }
  keyring[Symbol.dispose]();
  return [...fields.values()];
}

type Note = (page: string, structure: string, value: unknown) => void;

/** What is used of the age library. */
interface AgeLibrary {
  readonly Decrypter: new () => {
    addPassphrase(passphrase: string): void;
    addIdentity(identity: string): void;
    decrypt(file: Uint8Array): Promise<Uint8Array>;
  };
}

/** The keyrings in clear: opened with the public age library, as docs/format/keys.md says. */
async function readKeyrings(
  files: readonly { readonly bytes: Uint8Array }[],
  key: RepositoryKey | 'none',
  note: Note,
): Promise<unknown[]> {
  if (key === 'none') return files.map(({ bytes }) => JSON.parse(textOf(bytes)) as unknown);
  // It is a dependency of the package that writes them.
  const { resolve } = createRequire(join(root, 'packages/crypto/package.json'));
  const age = (await import(pathToFileURL(resolve('age-encryption')).href)) as AgeLibrary;
  const isSlot = ({ bytes }: { readonly bytes: Uint8Array }): boolean =>
    textOf(bytes.subarray(0, 64)).includes('-> scrypt');
  const identities: string[] = [];
  for (const { bytes } of files.filter((file) => isSlot(file))) {
    const opener = new age.Decrypter();
    opener.addPassphrase(key.secret.reveal());
    const lines = textOf(await opener.decrypt(bytes)).split('\n');
    identities.push(...lines.filter((line) => line.startsWith('AGE-SECRET-KEY-1')));
    for (const line of lines) {
      const [, name, value] = /^# (\w+): (.*)$/.exec(line) ?? [];
      if (name !== undefined) note('keys.md', 'slot', { [name]: value });
    }
  }
  return Promise.all(
    files
      .filter((file) => !isSlot(file))
      .map(async ({ bytes }) => {
        const opener = new age.Decrypter();
        for (const identity of identities) opener.addIdentity(identity);
        return JSON.parse(textOf(await opener.decrypt(bytes))) as unknown;
      }),
  );
}

function* openBlobs(
  keyring: Keyring,
  bytes: Uint8Array,
  object: string,
): Generator<{ readonly kind: number; readonly raw: Uint8Array }> {
  const { header, records } = openTable(keyring, bytes, { object });
  for (const record of records) {
    const sealed = bytes.subarray(record.offset, record.offset + record.length);
    const plaintext = openBlob(keyring, { header: header.bytes, record, sealed, object });
    const payload = plaintext.subarray(5);
    const unpack = [() => payload, () => zstdDecompressSync(payload), () => inflateRawSync(payload)];
    yield { kind: record.kind, raw: unpack[plaintext[0] ?? 0]?.() ?? payload };
  }
}

function noteNode(note: Note, raw: Uint8Array): void {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const end = 4 + view.getUint32(0);
  const level = view.getUint8(4);
  for (let at = 9; at < end; at += 4 + view.getUint32(at)) {
    const record = readCbor(raw.subarray(at + 4)).value as { readonly [name: string]: Cbor };
    const leaf = 'cursor' in record ? 'collection record' : 'item record';
    note('trees.md', level > 0 ? 'inner record' : leaf, record);
  }
  note('trees.md', 'hints', readCbor(raw.subarray(end)).value);
}

/** Those of the fields that their page does not name in `code`. */
export async function unnamedFields(fields: readonly FormatField[]): Promise<FormatField[]> {
  const named = new Map<string, ReadonlySet<string>>();
  for (const page of new Set(fields.map((field) => field.page))) {
    const text = await readFile(join(root, 'docs/format', page), 'utf8');
    const code = [...text.matchAll(/```[\s\S]*?```|`[^`]+`/g)].flatMap(([span]) => span.match(/\w+/g) ?? []);
    named.set(page, new Set(code));
  }
  return fields.filter(({ field, page }) => named.get(page)?.has(field) !== true);
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
