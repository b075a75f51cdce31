import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createKeyring } from '@holdfast/crypto';
import { defaultChunkerParameters } from '../../packages/core/src/blobs/chunker.ts';
import { toHex } from '../../packages/core/src/internal/bytes.ts';
import { resolveCompression } from '../../packages/core/src/repository/compression.ts';
import type { PartKind } from '../../packages/core/src/store/part-kind.ts';
import { partKind } from '../../packages/core/src/store/part-kind.ts';
import { prepareBatch } from '../../packages/core/src/store/prepare-tasks.ts';
import type { PreparedPart } from '../../packages/core/src/store/prepared-part.ts';
import { splitIds } from '../../packages/core/src/store/split-ids.ts';
import { storeSession } from '../../packages/core/src/store/store-session.ts';
import { listFiles } from '../corpus/list-files.ts';

/** What a blob holds. */
export type PieceKind = 'groups' | 'header and text' | 'attachments';

/** The raw bytes of a blob. */
export interface StorePiece {
  readonly kind: PieceKind;
  readonly bytes: Uint8Array;
}

/** What to prepare. */
export interface StorePiecesOptions {
  /** Folder of files. */
  readonly folder: string;
  /** It ends after so many bytes of them. */
  readonly most: number;
  /** Pieces shorter than this go into groups. @defaultValue as the engine has it */
  readonly grouped?: number | undefined;
}

interface Slab {
  readonly slab: Uint8Array;
  readonly parts: readonly (PartKind & { readonly length: number })[];
}

const SLAB = 2 * 1024 * 1024;
const SESSION = { session: 'experiment', domain: undefined, target: 16 * 1024 * 1024, batch: 0 };

/** Prepares files as a backup does, a slab at a time, and gives the blobs that would be stored, each once. */
export async function* storePieces(options: StorePiecesOptions): AsyncGenerator<readonly StorePiece[]> {
  const { keyring } = await createKeyring({ key: 'none', config: {} });
  const stored = new Set<string>();
  for (const slab of slabs(options)) {
    const settings = { chunker: defaultChunkerParameters, compression: resolveCompression() };
    const context = { keyring, ...settings, sessions: new Map<string, object>() };
    const { ids, parts } = prepareBatch(context, { ...SESSION, ...slab }).output;
    const kinds = kindsOf(parts);
    const names = splitIds(ids).map(toHex);
    const pieces: StorePiece[] = [];
    let number = 0;
    storeSession(context, SESSION)
      .batches.get(SESSION.batch)
      ?.blobs.each(new Uint8Array(names.length).fill(1), (_, bytes) => {
        const name = names[number] as string;
        if (!stored.has(name)) pieces.push({ kind: kinds.get(number) ?? 'header and text', bytes });
        stored.add(name);
        number += 1;
      });
    yield pieces;
  }
}

/** What each blob of a batch holds, by its number. */
function kindsOf(parts: readonly PreparedPart[]): Map<number, PieceKind> {
  const kinds = new Map<number, PieceKind>();
  for (const { blobs, sources = [] } of parts) {
    let used = 0;
    for (const [source, { blobs: count, grouped }] of sources.entries()) {
      const kind = grouped === true ? 'groups' : source < 2 ? 'header and text' : 'attachments';
      for (const number of blobs.slice(used, used + count)) kinds.set(number, kind);
      used += count;
    }
  }
  return kinds;
}

/** Files one after the other, as many as go to a lane at once. Those that would go as a stream are left out. */
function* slabs({ folder, most, grouped }: StorePiecesOptions): Generator<Slab> {
  let slab = new Uint8Array(SLAB);
  let parts: (PartKind & { readonly length: number })[] = [];
  let used = 0;
  let total = 0;
  for (const { path, size } of listFiles(folder)) {
    if (size > SLAB) continue;
    if (total + size > most) break;
    if (used + size > SLAB) {
      yield { slab: slab.subarray(0, used), parts };
      slab = new Uint8Array(SLAB);
      parts = [];
      used = 0;
    }
    const kind = partKind(path);
    slab.set(readFileSync(join(folder, path)), used);
    parts.push({ ...kind, grouped: grouped ?? kind.grouped, length: size });
    used += size;
    total += size;
  }
  yield { slab: slab.subarray(0, used), parts };
}
