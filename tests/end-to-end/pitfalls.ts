import { attachmentPitfalls } from './pitfalls/attachments.ts';
import { feedPitfalls } from './pitfalls/feeds.ts';
import { folderPitfalls } from './pitfalls/folders.ts';
import { interruptionPitfalls } from './pitfalls/interruptions.ts';
import { mailPitfalls } from './pitfalls/mail.ts';
import { servicePitfalls } from './pitfalls/service.ts';
import { sickItemPitfalls } from './pitfalls/sick-items.ts';
import type { Pitfall } from './pitfalls/pitfall.ts';

const parts = [
  folderPitfalls,
  mailPitfalls,
  feedPitfalls,
  sickItemPitfalls,
  attachmentPitfalls,
  servicePitfalls,
  interruptionPitfalls,
];

/** Every pitfall that a backup and a restore of mail has to survive, one row each. */
export const pitfalls: readonly Pitfall[] = parts.flat().toSorted((a, b) => a.number - b.number);
