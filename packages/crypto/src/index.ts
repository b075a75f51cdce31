/**
 * Sealed objects, key slots and keyrings of a repository. Knows bytes, not backups; the format is `docs/format/`.
 *
 * @packageDocumentation
 */
export { BLOB_KINDS, tableRange } from './blob-table.ts';
export { createKeyring } from './create-keyring.ts';
export { OBJECT_KINDS, readHeader } from './object-header.ts';
export { openBlob, openTable, openTableAt } from './open-object.ts';
export { openKeyring } from './open-keyring.ts';
export { generatedKey, generateKey, password } from './repository-key.ts';
export { objectLayout, sealObject } from './seal-object.ts';
export { Secret } from './secret.ts';
export { joinKeyring, shareKeyring } from './shared-keyring.ts';

export type { KeyFile } from './age-file.ts';
export type { BlobRecord, TableRange } from './blob-table.ts';
export type { ConfigRecord } from './config-record.ts';
export type { CreateKeyringOptions, NewKeyring } from './create-keyring.ts';
export type { Keyring, KeyringFacts, KeyringKeys } from './keyring.ts';
export type { ObjectHeader, ObjectName } from './object-header.ts';
export type { BlobToOpen, OpenedTable, OpenTableAtOptions } from './open-object.ts';
export type { OpenKeyringOptions } from './open-keyring.ts';
export type { GenerateKeyOptions, RepositoryKey } from './repository-key.ts';
export type { BlobToSeal, ObjectLayout, SealedObject, SealObjectOptions } from './seal-object.ts';
export type { SharedKeyring } from './shared-keyring.ts';
