/** A second run without any change, and one after messages were moved, flagged, read and put into categories. */
import { otherThanFoldersAndChanges } from '../../tests/end-to-end/other-requests.ts';
import { letter } from '../../tests/end-to-end/letters.ts';
import { countObjects } from '../../tests/end-to-end/stored-objects.ts';
import { ADA, startWorld } from '../../tests/end-to-end/world.ts';
import { conclude } from '../conclude.ts';

const world = await startWorld();
const { exchange, control, repository, ada, folder } = world;
const ids: string[] = [];
for (let i = 0; i < 500; i += 1) {
  ids.push(await control.addMessage(ADA, ['inbox', 'Projects/Bridge', 'Archive'][i % 3] ?? '', letter(i)));
}
await repository.backup(ada);
const first = await countObjects(folder);

exchange.requests.reset();
const quiet = await repository.backup(ada);
const quietRequests = exchange.requests.total;
const others = otherThanFoldersAndChanges(exchange.requests.counts);
const second = await countObjects(folder);

for (const [number, id] of ids.slice(0, 80).entries()) {
  if (number % 4 === 0) control.moveMessage(ADA, id, 'Projects/Done');
  if (number % 4 === 1) control.updateMessage(ADA, id, { flag: { flagStatus: 'flagged' } });
  if (number % 4 === 2) control.updateMessage(ADA, id, { isRead: true });
  if (number % 4 === 3) control.updateMessage(ADA, id, { categories: ['Bridge'] });
}
exchange.requests.reset();
const moved = await repository.backup(ada);
const { mime } = exchange.requests.counts;
const third = await countObjects(folder);
const { statistics } = moved.snapshot;
await world[Symbol.asyncDispose]();

conclude({
  title: 'a second run without change, then 20 messages each moved, flagged, read, categorised',
  figure:
    `unchanged: ${quietRequests} requests, ${others.length === 0 ? 'folders and changes only' : others.join(', ')}, ` +
    `${second.all - first.all} object written, says ${quiet.unchanged ? '' : 'not '}"unchanged"; ` +
    `then ${mime} MIME requests, ${third.dataPacks - second.dataPacks} data packs, ` +
    `${statistics.moved} moved and ${statistics.changed} changed of ${statistics.items}`,
  pass:
    others.length === 0 &&
    quiet.unchanged &&
    second.all - first.all === 1 &&
    second.dataPacks === first.dataPacks &&
    mime === 0 &&
    third.dataPacks === second.dataPacks &&
    statistics.moved === 20 &&
    statistics.changed === 60,
});
