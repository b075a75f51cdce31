import type { AttachmentKind } from './attachment-kinds.ts';
import { ATTACHMENT_KINDS } from './attachment-kinds.ts';
import type { CorpusOptions } from './corpus-options.ts';
import { createDice } from './dice.ts';
import type { Dice } from './dice.ts';

/** An attachment before it is made; equal `content` means equal bytes. */
export interface PlannedAttachment {
  content: number;
  kind: AttachmentKind;
  /** Bytes before base64. */
  size: number;
}

/** An item before it is made. */
export interface PlannedItem {
  readonly index: number;
  readonly kind: 'mail' | 'event' | 'contact';
  readonly attachments: readonly PlannedAttachment[];
}

/** What a mail has beside its attachments, on average: headers, text and HTML, and what it quotes. */
const TEXT = 16_000;
/** Sizes of mails: logarithms are normal with this deviation, so that a fifth of the mails has most of the bytes. */
const DEVIATION = 1.6;
/** No service takes more than this as one mail without being asked. */
const LARGEST = 24_000_000;
const BASE64 = 78 / 57;

/**
 * Decides what every item has, without making it. Sizes of mails are log-normal. An attachment that is shared has 2 to 40
 * copies, few as a rule; it is laid upon attachments of about its size, so that sharing changes no sizes.
 */
export function planCorpus(options: CorpusOptions): readonly PlannedItem[] {
  const { seed, size, count, shared } = options;
  const dice = createDice(seed, 3);
  const draws = Array.from({ length: count }, (_, index) => {
    const kind = index % 25 === 24 ? ('event' as const) : index % 50 === 12 ? ('contact' as const) : ('mail' as const);
    return {
      index,
      kind,
      draw: Math.exp(DEVIATION * dice.normal()),
      pieces: dice.chance(0.7) ? 1 : dice.integer(2, 4),
    };
  });

  const roomAt = (scale: number, { kind, draw }: (typeof draws)[number]): number => {
    const room = Math.min(LARGEST, draw * scale) - TEXT;
    return kind === 'mail' && room > 4000 ? room / BASE64 : 0;
  };
  const textSize = draws.reduce((sum, { kind }) => sum + (kind === 'mail' ? TEXT : 1500), 0);
  let [low, high] = [1, 1e8];
  for (let step = 0; step < 60; step += 1) {
    const scale = (low + high) / 2;
    const total = textSize + draws.reduce((sum, one) => sum + roomAt(scale, one) * BASE64, 0);
    if (total > size) high = scale;
    else low = scale;
  }

  let content = 0;
  const items = draws.map((one): PlannedItem => {
    const room = Math.floor(roomAt(low, one));
    const pieces = room < 20_000 ? Math.min(1, room) : one.pieces;
    const attachments = Array.from({ length: pieces }, () => {
      content += 1;
      return { content, kind: drawKind(dice, options.mix), size: Math.max(1, Math.floor(room / pieces)) };
    });
    return { index: one.index, kind: one.kind, attachments };
  });
  share(
    items.flatMap(({ attachments }) => attachments),
    shared,
    dice,
  );
  return items;
}

/** From the largest down, so that the small ones make up for what a large one was too much. */
function share(attachments: PlannedAttachment[], wanted: number, dice: Dice): void {
  const bySize = attachments.toSorted((a, b) => b.size - a.size || a.content - b.content);
  let seen = 0;
  let shared = 0;
  for (let at = 0; at < bySize.length;) {
    const first = bySize[at] as PlannedAttachment;
    const copies = dice.chance(0.9) ? dice.integer(2, 9) : dice.integer(10, 40);
    const group = bySize.slice(at, at + copies).filter(({ size }) => size > first.size / 2);
    if (group.length < 2 || shared > wanted * seen || wanted === 0) {
      seen += first.size;
      at += 1;
      continue;
    }
    for (const one of group) Object.assign(one, { content: first.content, kind: first.kind, size: first.size });
    seen += group.length * first.size;
    shared += group.length * first.size;
    at += group.length;
  }
}

function drawKind(dice: Dice, mix: CorpusOptions['mix']): AttachmentKind {
  const total = ATTACHMENT_KINDS.reduce((sum, kind) => sum + mix[kind], 0);
  let left = dice.fraction() * total;
  for (const kind of ATTACHMENT_KINDS) {
    left -= mix[kind];
    if (left < 0) return kind;
  }
  return 'jpeg';
}
