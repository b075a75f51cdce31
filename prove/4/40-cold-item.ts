/** One item out of a million in one folder, without a cache: reads and bytes after opening, the snapshot being given. */
import process from 'node:process';
import { COLD_LIMIT, measureColdItem } from '../../tests/end-to-end/cold-item.ts';
import { conclude } from '../conclude.ts';

const messages = Number(process.env['PROVE_ITEMS'] ?? 1_000_000);
const { snapshot, known, byId } = await measureColdItem(messages);
const told = ({ gets, bytes }: typeof known): string => `${gets} GETs and ${(bytes / 1000).toFixed(0)} KB`;
conclude({
  title: `one item of ${messages} in one folder, no cache: at most ${told(COLD_LIMIT)} once the snapshot is given`,
  figure: `${told(known)} with the sort time that lists tell, ${told(byId)} by its id alone; finding the snapshot before that: ${told(snapshot)}`,
  pass: known.gets <= COLD_LIMIT.gets && known.bytes <= COLD_LIMIT.bytes && byId.bytes <= COLD_LIMIT.bytes,
});
