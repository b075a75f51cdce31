import { callLiars } from './call-liars.ts';
import { contentLiars } from './content-liars.ts';
import type { Liar } from './liar.ts';

/** For each check, by its name, the destinations it must catch. */
export const liars: Readonly<Record<string, readonly Liar[]>> = { ...contentLiars, ...callLiars };
