import { deliverMime } from '@holdfast/simulators/exchange';
import { expect, test } from 'vitest';

import { ADA, BOB, letter, readOnly, restorable, startWorld } from '../support.ts';

test('an attached message that was backed up without the MIME around it keeps the time it was received', async () => {
  await using world = await startWorld();
  const { control } = world.exchange;
  const inner = { ...(await deliverMime(letter('Inner'))), mime: undefined, receivedTime: Date.UTC(2011, 1, 3, 4) };
  const outer = await deliverMime(letter('Outer'), { receivedTime: Date.UTC(2026, 2, 3, 11) });
  await control.addMessage(ADA, 'inbox', {
    ...outer,
    mime: undefined,
    messageClass: 'IPM.Note.SMIME',
    attachments: [{ kind: 'item', name: 'Inner', isInline: false, item: inner }],
  });
  const { item, content } = await readOnly(world.ada, 'Inbox');
  expect(content.parts.map(({ name }) => name)).not.toContain('message.eml');
  const folder = await world.bob.prepareCollection([{ name: 'Inbox', role: 'inbox', kind: 'mail', hidden: false }]);
  await world.bob.createItem(folder, restorable(world.ada, item, content));
  const [made] = await control.messages(BOB);
  const [attached] = made?.content.attachments ?? [];
  expect(attached?.kind === 'item' && attached.item).toMatchObject({
    receivedTime: inner.receivedTime,
    sentTime: inner.sentTime,
  });
});
