import type { Keyring } from '@holdfast/crypto';
import { createChunker } from '../blobs/chunker.ts';
import type { Chunker } from '../blobs/chunker.ts';
import { createBase64Decoder } from '../mime/base64-decoder.ts';
import type { Base64Decoder } from '../mime/base64-decoder.ts';
import type { LaneContext } from '../threads/tasks.ts';
import type { BatchArenas } from './batch-arenas.ts';
import type { BlobBatch } from './blob-batch.ts';
import { createPackBuilder } from './pack-builder.ts';
import type { PackBuilder } from './pack-builder.ts';
import type { PartStream } from './part-stream.ts';

/** What one backup is, to a lane. */
export interface StoreSessionKey {
  /** Name of the session. */
  readonly session: string;
  /** What ids of blobs are made with. */
  readonly domain: Uint8Array | undefined;
  /** Size at which a pack is closed. */
  readonly target: number;
}

/** Blobs of a batch, and the memory that they lie in. */
export interface PreparedBlobs {
  /** The blobs. */
  readonly blobs: BlobBatch;
  /** What the batch came in; it is given back. */
  readonly slab: Uint8Array;
  /** What was made of it; absent where each blob has memory of its own. */
  readonly arenas?: BatchArenas | undefined;
}

/** What a lane keeps of a backup. */
export interface StoreSession {
  /** Makes ids. */
  readonly keyring: Keyring;
  /** What ids of blobs are made with. */
  readonly domain: Uint8Array | undefined;
  /** Cuts what is long. */
  readonly chunker: Chunker;
  /** Decodes base64. */
  readonly decoder: Base64Decoder;
  /** The open pack. */
  readonly pack: PackBuilder;
  /** Batches of which it is not said yet what is known, by number. */
  readonly batches: Map<number, PreparedBlobs>;
  /** Arenas that are free. */
  readonly arenas: BatchArenas[];
  /** Parts that are not at their end, by number. */
  readonly streams: Map<number, PartStream>;
}

/** The session of that name, made when it is first asked for. */
export function storeSession(context: LaneContext, { session, domain, target }: StoreSessionKey): StoreSession {
  const { keyring, sessions, chunker, compression } = context;
  const known = sessions.get(session) as StoreSession | undefined;
  if (known !== undefined) return known;
  const made: StoreSession = {
    keyring,
    domain,
    chunker: createChunker(keyring.chunkerKey, chunker),
    decoder: createBase64Decoder(),
    pack: createPackBuilder({ keyring, compression, domain, target }),
    batches: new Map(),
    arenas: [],
    streams: new Map(),
  };
  sessions.set(session, made);
  return made;
}
