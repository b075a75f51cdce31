/** Every way a destination can fail. Codes are stable API; messages are not. */
export type DestinationErrorCode =
  | 'ERR_ACCESS_DENIED'
  | 'ERR_DESTINATION_FAULT'
  | 'ERR_DESTINATION_NOT_FOUND'
  | 'ERR_NAME_INVALID'
  | 'ERR_OBJECT_EXISTS'
  | 'ERR_OBJECT_NOT_FOUND'
  | 'ERR_QUOTA_EXCEEDED'
  | 'ERR_RANGE_INVALID'
  | 'ERR_READ_ONLY'
  | 'ERR_RETENTION_LOCKED'
  | 'ERR_STORAGE_FULL'
  | 'ERR_THROTTLED'
  | 'ERR_UNAVAILABLE';

/** Every way a source or a restore target can fail. Codes are stable API; messages are not. */
export type SourceErrorCode =
  | 'ERR_COLLECTION_NOT_FOUND'
  | 'ERR_COLLECTION_REFUSED'
  | 'ERR_CREDENTIALS_REJECTED'
  | 'ERR_ITEM_NOT_FOUND'
  | 'ERR_ITEM_REFUSED'
  | 'ERR_ITEM_UNREADABLE'
  | 'ERR_MAILBOX_NOT_FOUND'
  | 'ERR_SOURCE_ACCESS_DENIED'
  | 'ERR_SOURCE_PROTOCOL'
  | 'ERR_SOURCE_QUOTA_EXCEEDED'
  | 'ERR_SOURCE_THROTTLED'
  | 'ERR_SOURCE_UNREACHABLE';

/** Every way a key, a keyring or a sealed object can be unfit. Codes are stable API; messages are not. */
export type CryptoErrorCode =
  | 'ERR_KEYRING_DAMAGED'
  | 'ERR_KEYRING_FORGED'
  | 'ERR_KEYRING_OUTDATED'
  | 'ERR_KEY_MISSING'
  | 'ERR_KEY_WRONG'
  | 'ERR_SEAL_BROKEN'
  | 'ERR_SEAL_FORMAT'
  | 'ERR_SUITE_UNSUPPORTED';

/** Every way a repository can be unfit for what was asked. Codes are stable API; messages are not. */
export type RepositoryErrorCode =
  | 'ERR_BLOB_MISSING'
  | 'ERR_COLLECTION_NOT_IN_SNAPSHOT'
  | 'ERR_CONFIG_DAMAGED'
  | 'ERR_ITEM_NOT_IN_SNAPSHOT'
  | 'ERR_MEMORY_EXCEEDED'
  | 'ERR_NO_SNAPSHOT'
  | 'ERR_OBJECT_DAMAGED'
  | 'ERR_OBJECT_MISSING'
  | 'ERR_PART_NOT_IN_ITEM'
  | 'ERR_REPOSITORY_EXISTS'
  | 'ERR_REPOSITORY_NOT_FOUND'
  | 'ERR_SNAPSHOT_AMBIGUOUS'
  | 'ERR_SNAPSHOT_NOT_FOUND'
  | 'ERR_SOURCE_MISMATCH'
  | 'ERR_VERSION_UNSUPPORTED'
  | 'ERR_WORKER_FAILED';

/** Every code an error of this library carries. */
export type ErrorCode = DestinationErrorCode | SourceErrorCode | CryptoErrorCode | RepositoryErrorCode;
