import { folderPitfalls } from './pitfalls/folders.ts';
import { mailPitfalls } from './pitfalls/mail.ts';
import type { Pitfall } from './pitfalls/pitfall.ts';

/** Every pitfall that a backup and a restore of mail has to survive, one row each. */
export const pitfalls: readonly Pitfall[] = [...folderPitfalls, ...mailPitfalls].toSorted((a, b) => a.number - b.number);
