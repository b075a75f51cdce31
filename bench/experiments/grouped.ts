/**
 * Up to which length pieces of messages should go into groups:
 * `node tools/run.mjs bench/experiments/grouped.ts [folder of corpora]`. What came of it:
 * docs/decisions/0004-small-pieces-in-groups.md.
 */
import process from 'node:process';
import { frame } from '../../packages/core/src/blobs/codec.ts';
import { alignedTable } from '../report/table.ts';
import { experimentFolders } from './experiment-folders.ts';
import { storePieces } from './store-pieces.ts';

const MOST = 200e6;
const KIB = 1024;
/** Table record, tag and index record of a blob: docs/format. */
const PER_BLOB = 44 + 16 + 48;

for (const { name, folder } of await experimentFolders(process.argv[2])) {
  const rows = [['below', 'blobs', 'groups, MB', 'header and text, MB', 'with what blobs cost, MB', 'CPU s']];
  for (const grouped of [2, 4, 6, 8, 12, 16, 24, 32].map((kib) => kib * KIB)) {
    const packed = { groups: 0, 'header and text': 0 };
    let blobs = 0;
    let seconds = 0;
    for await (const pieces of storePieces({ folder, most: MOST, grouped })) {
      const before = process.cpuUsage();
      for (const { kind, bytes } of pieces) {
        if (kind === 'attachments') continue;
        packed[kind] += frame(bytes).length;
        blobs += 1;
      }
      const { user, system } = process.cpuUsage(before);
      seconds += (user + system) / 1e6;
    }
    const own = packed.groups + packed['header and text'];
    const figures = [packed.groups, packed['header and text'], own + blobs * PER_BLOB].map((bytes) => bytes / 1e6);
    rows.push([`${grouped / KIB} KiB`, String(blobs), ...figures.map((mb) => mb.toFixed(2)), seconds.toFixed(2)]);
  }
  console.log(`${name}\n${alignedTable(rows)}\n`);
}
