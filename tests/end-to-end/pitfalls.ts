import { attachmentPitfalls } from './pitfalls/attachments.ts';
import { feedPitfalls } from './pitfalls/feeds.ts';
import { folderPitfalls } from './pitfalls/folders.ts';
import { mailPitfalls } from './pitfalls/mail.ts';
import { sickItemPitfalls } from './pitfalls/sick-items.ts';
import type { Pitfall } from './pitfalls/pitfall.ts';

const parts = [folderPitfalls, mailPitfalls, feedPitfalls, sickItemPitfalls, attachmentPitfalls];

/** Every pitfall that a backup and a restore of mail has to survive, one row each. */
export const pitfalls: readonly Pitfall[] = parts.flat().toSorted((a, b) => a.number - b.number);
