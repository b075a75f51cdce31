import type { ErrorCode } from './error-codes.ts';

/** Values that fill the `{placeholders}` of a message. Never a credential, never the content of an item. */
export type MessageDetails = Readonly<Record<string, string | number | undefined>>;

/** One sentence for each code, with `{placeholders}`: what happened, then what to do. */
export type MessageTable = Readonly<Record<ErrorCode, string>>;

/**
 * The messages of every error of this library, in English. It is the only place where text for people stands, so that
 * a product can translate it: pass another table to {@link formatMessage}.
 */
export const englishMessages: MessageTable = {
  ERR_ACCESS_DENIED: 'The storage denies access to {name}. Give this account the right to read and write there.',
  ERR_DESTINATION_FAULT: 'The storage failed on {name} ({reason}). Check the storage, then run the operation again.',
  ERR_DESTINATION_NOT_FOUND: 'There is no folder at {path}. Check the path, or connect the drive, then try again.',
  ERR_NAME_INVALID: 'The storage cannot keep an object named {name}. Use names of the repository format only.',
  ERR_OBJECT_EXISTS: 'The storage already holds {name}. Nothing was overwritten.',
  ERR_OBJECT_NOT_FOUND: 'The storage does not hold {name}.',
  ERR_QUOTA_EXCEEDED: 'The quota of the storage is used up at {name}. Raise the quota or remove old snapshots.',
  ERR_RANGE_INVALID: 'The storage cannot read the range asked for of {name}: it reaches past the end of the object.',
  ERR_READ_ONLY: 'The storage is read-only; {name} was not written. Mount it writable or choose another destination.',
  ERR_RETENTION_LOCKED: 'The storage keeps {name} until its retention ends; it cannot be deleted before.',
  ERR_STORAGE_FULL: 'The storage is full; {name} was not written. Free some space, then run the operation again.',
  ERR_THROTTLED: 'The storage asks to slow down at {name}. The call may be repeated later.',
  ERR_UNAVAILABLE: 'The storage does not answer for {name}. Check the connection; the call may be repeated.',

  ERR_COLLECTION_NOT_FOUND: 'There is no folder {collection} any more. It was deleted or moved meanwhile.',
  ERR_COLLECTION_REFUSED:
    'The service refuses to create the folder ({reason}). Restore its items into another one; the others are not affected.',
  ERR_CREDENTIALS_REJECTED:
    'The service rejects the credentials ({reason}). Check tenant and client id, and that the secret or certificate is valid.',
  ERR_ITEM_NOT_FOUND: 'There is no item {item} any more. It was deleted or moved meanwhile.',
  ERR_ITEM_REFUSED: 'The target refuses to create item {item} ({reason}). The other items are not affected.',
  ERR_ITEM_UNREADABLE: 'The source cannot deliver item {item} ({reason}). The other items are not affected.',
  ERR_MAILBOX_NOT_FOUND:
    'There is no mailbox or folder {mailbox} ({reason}). Check the path, or the address and that it has a cloud mailbox.',
  ERR_SOURCE_ACCESS_DENIED:
    'The service denies access to {resource} ({reason}). Grant the application the permissions of the guide.',
  ERR_SOURCE_PROTOCOL: 'The service gave an answer that makes no sense ({reason}). Run again; report it if it stays.',
  ERR_SOURCE_QUOTA_EXCEEDED: 'There is no room left in {mailbox}. Free some space in it, then run again.',
  ERR_SOURCE_THROTTLED: 'The service keeps asking to slow down ({reason}). Run again later.',
  ERR_SOURCE_UNREACHABLE: 'The service cannot be reached ({reason}). Check network and proxy, then run again.',

  ERR_KEYRING_DAMAGED:
    'The keyring {object} is missing or damaged. Put the object back from another copy of the repository.',
  ERR_KEYRING_FORGED:
    'The keyring {object} does not belong to this repository. Do not use this storage until you know why.',
  ERR_KEYRING_OUTDATED:
    'The keyring is older than the snapshots. Put the newer object back into keys/, then open again.',
  ERR_KEY_MISSING: 'This repository is encrypted and no key was given. Open it with its password or generated key.',
  ERR_KEY_WRONG: 'The key opens none of the slots of this repository. Check the password and the repository.',
  ERR_SEAL_BROKEN: 'Sealed data of {object} was changed or belongs elsewhere. Run a check of the repository.',
  ERR_SEAL_FORMAT:
    'The object {object} does not have the form of a sealed object ({reason}). Run a check of the repository.',
  ERR_SUITE_UNSUPPORTED:
    'The object {object} uses cipher suite {suite}, which this version does not know. Upgrade Holdfast.',

  ERR_BLOB_MISSING: 'The repository lacks a blob of {item}. Run a check of the repository.',
  ERR_COLLECTION_NOT_IN_SNAPSHOT:
    'Snapshot {snapshot} has no folder with the id {collection}. List its folders with collections().',
  ERR_CONFIG_DAMAGED:
    'The config object is damaged ({reason}). Put it back from another copy; the keyring holds one too.',
  ERR_ITEM_NOT_IN_SNAPSHOT: 'Snapshot {snapshot} has no item {item} in folder {collection}. Look it up with browse.',
  ERR_MEMORY_EXCEEDED:
    'The {folders} folders of {source} need {needed} bytes of memory; the budget is {memory}. Open the repository with a larger budget.memory, or back up fewer folders at a time.',
  ERR_OBJECT_DAMAGED: 'The object {object} is damaged ({reason}). Put it back from another copy of the repository.',
  ERR_OBJECT_MISSING: 'The object {object} is missing. Put it back from another copy of the repository.',
  ERR_PART_NOT_IN_ITEM: 'Item {item} has no part named {part}.',
  ERR_REPOSITORY_EXISTS: 'There already is a repository at {destination}. Open it, or choose an empty destination.',
  ERR_REPOSITORY_NOT_FOUND: 'There is no repository at {destination}. Check the destination, or create one there.',
  ERR_NO_SNAPSHOT: 'There is no snapshot yet. Run a backup to its end first.',
  ERR_SNAPSHOT_AMBIGUOUS: 'More than one snapshot begins with {snapshot}. Give more digits of the id.',
  ERR_SNAPSHOT_NOT_FOUND:
    'There is no snapshot {snapshot}. List the snapshots to see which exist; four digits of an id are the least.',
  ERR_SOURCE_MISMATCH: 'Snapshot {snapshot} is of another source than {source}. Choose two snapshots of one source.',
  ERR_VERSION_UNSUPPORTED:
    'The {object} is of format version {version}; this version reads up to {supported}. Upgrade Holdfast.',
  ERR_WORKER_FAILED:
    'A worker thread ended ({reason}). Nothing stored is affected: run again, with fewer workers if memory is short.',
};

/**
 * Fills in the message of a code.
 *
 * A placeholder without a value reads `(unknown)`.
 *
 * @example Showing an error in another language
 * ```ts
 * import { DestinationError, englishMessages, formatMessage } from '@holdfast/contracts';
 *
 * const german = { ...englishMessages, ERR_STORAGE_FULL: 'Der Speicher ist voll; {name} wurde nicht geschrieben.' };
 * const error = new DestinationError('ERR_STORAGE_FULL', { name: 'data/ab/abcd' });
 * console.log(formatMessage(error.code, error.details, german)); // Der Speicher ist voll; data/ab/abcd wurde nicht geschrieben.
 * ```
 */
export function formatMessage(code: ErrorCode, details: MessageDetails, table: MessageTable = englishMessages): string {
  return table[code].replaceAll(/\{(\w+)\}/g, (_, name: string) => String(details[name] ?? '(unknown)'));
}
