import { generateKey } from '@holdfast/crypto';
import { fieldsOf } from './format-fields.ts';
import type { FormatField } from './format-fields.ts';
import { draft, letter } from './letters.ts';
import { ADA, startWorld } from './world.ts';

/** Writes a repository with everything that version 1 writes in it, and lists the fields found there. */
export async function sampleFields(encryption: 'encrypted' | 'clear'): Promise<FormatField[]> {
  const key = encryption === 'clear' ? 'none' : generateKey();
  const world = await startWorld({ key });
  const { control, repository, ada, folder } = world;
  // Enough for inner nodes; one message without MIME; one that cannot be read; a large one, which is cut.
  for (let i = 0; i < 150; i += 1) await control.addMessage(ADA, i % 5 === 0 ? 'Projects/Bridge' : 'inbox', letter(i));
  await control.addMessage(ADA, 'drafts', draft(500));
  await control.addMessage(ADA, 'inbox', letter(501, { messageClass: 'IPM.Note.SMIME', mime: undefined }));
  await control.addMessage(ADA, 'inbox', letter(502, { mime: new Uint8Array(3_000_000).fill(65) }));
  const unreadable = await control.addMessage(ADA, 'inbox', letter(503));
  control.failItem(unreadable, { status: 403, code: 'ErrorAccessDenied' });
  await repository.backup(ada, { checkpoint: { items: 40 }, tags: ['sample'] });
  control.moveMessage(ADA, unreadable, 'Archive');
  await repository.backup(ada);
  await repository.backup(ada, { capture: { mode: 'full', selfContained: true } });
  const fields = await fieldsOf(folder, key);
  await world[Symbol.asyncDispose]();
  return fields;
}
