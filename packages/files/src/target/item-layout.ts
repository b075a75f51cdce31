import type { OmittedPart, RestorableItem } from '@holdfast/contracts';

import { safeName, shortened, shortHash, splitName, withMark } from './safe-name.ts';

/** One part of an item, as a file. */
export interface PartFile {
  /** Name of the part. */
  readonly part: string;
  /** Its path below the folder of the item, with `/`. */
  readonly path: string;
}

/** How an item lies in a folder. */
export interface ItemLayout {
  /** Stands for the item, in whichever version: a hash of its source and its id. */
  readonly origin: string;
  /** Whether it is one file with a name of its own. Others bear their origin in the name. */
  readonly isFile: boolean;
  /** The name it is given. */
  readonly name: string;
  /** Names that it is given where that one is taken: the first bears the version, so it is found again. */
  versionName(attempt: number): string;
  /** Its files, if it lies under that name. The one of that name itself is the last, and written last. */
  files(name: string): readonly PartFile[];
  /** What of it is not as it was, for good. */
  readonly omitted: readonly OmittedPart[];
}

const ORIGIN_DIGITS = 12;
const LONGEST_SUBJECT = 100;
/** The folder of those parts of an item that are not its message. */
const PARTS = '.parts';
const NAMED_BY_ORIGIN: RegExp = new RegExp(`~([0-9a-f]{${ORIGIN_DIGITS}})(?:-[0-9a-f]{8}(?:-\\d+)?)?\\.(?:eml|parts)$`);

/** The origin of the item that an entry of a folder is one of, as its name says; `undefined` for an ordinary name. */
export function originInName(name: string): string | undefined {
  return NAMED_BY_ORIGIN.exec(name)?.[1];
}

/** The folder of the other parts of an item whose message has that name. */
export function partsFolderOf(name: string): string {
  return `${splitName(name).stem}${PARTS}`;
}

/** Makes the function that lays items out, each item once for as long as it is there. */
export function itemLayouts(isPortable: boolean): (item: RestorableItem) => ItemLayout {
  const layouts = new WeakMap<RestorableItem, ItemLayout>();
  return (item) => {
    const known = layouts.get(item);
    if (known !== undefined) return known;
    const layout = itemLayout(item, isPortable);
    layouts.set(item, layout);
    return layout;
  };
}

/**
 * Lays an item out: a file as the file it was; anything else, such as a message of a mailbox, as its `.eml` part named by
 * date and subject, with the other parts in a folder beside it.
 */
function itemLayout(item: RestorableItem, isPortable: boolean): ItemLayout {
  const { source, id, changeKey, kind, parts } = item;
  const origin = shortHash(`${source}\n${id}`, ORIGIN_DIGITS);
  const version = shortHash(changeKey, 8);
  const versionMark = (attempt: number): string => `-${version}${attempt === 0 ? '' : `-${attempt + 1}`}`;
  const [only = ''] = parts;
  if (kind === 'file' && parts.length === 1) {
    const name = safeName(only, isPortable);
    const renamed: OmittedPart = { part: 'name', reason: 'NameNotPossible', lost: false };
    return {
      origin,
      isFile: true,
      name,
      versionName: (attempt) => withMark(name, `~${origin}${versionMark(attempt)}`),
      files: (path) => [{ part: only, path }],
      omitted: name === only ? item.omitted : [...item.omitted, renamed],
    };
  }
  const message = parts.find((part) => part.toLowerCase().endsWith('.eml'));
  const stem = `${titleOf(item)}~${origin}`;
  const extension = message === undefined ? PARTS : '.eml';
  return {
    origin,
    isFile: false,
    name: `${stem}${extension}`,
    versionName: (attempt) => `${stem}${versionMark(attempt)}${extension}`,
    files: (name) => {
      const others = otherParts(
        parts.filter((part) => part !== message),
        partsFolderOf(name),
        isPortable,
      );
      return message === undefined ? others : [...others, { part: message, path: name }];
    },
    omitted: item.omitted,
  };
}

// oxlint-disable-next-line no-control-regex -- control characters are what it finds
const NOT_IN_TITLE = /[\u0000-\u001f\u007f<>:"/\\|?*~\uFFFD\s]+/g;

/** Date and subject, as a name that every system takes. */
function titleOf({ summary: { date, subject } }: RestorableItem): string {
  const day = Number.isFinite(date) && Math.abs(date) < 8.64e15 ? new Date(date).toISOString().slice(0, 10) : '';
  const words = subject.toWellFormed().replaceAll(NOT_IN_TITLE, ' ').trim();
  return `${day} ${shortened(words, LONGEST_SUBJECT)}`.trim().replace(/[. ]+$/, '') || 'item';
}

function otherParts(parts: readonly string[], folder: string, isPortable: boolean): PartFile[] {
  const taken = new Set<string>();
  return parts.map((part) => {
    const names = part.split('/').map((name) => safeName(name, isPortable));
    const above = names.map((_, index) => fold(names.slice(0, index + 1).join('/')));
    // A file must not stand where another part needs a folder, nor the other way round.
    const isFree =
      !taken.has(above.at(-1) ?? '') && above.slice(0, -1).every((path) => !taken.has(`${path} as a file`));
    const path = isFree ? names.join('/') : withMark(names.at(-1) ?? '', `~${shortHash(part, 16)}`);
    for (const one of isFree ? above : [fold(path)]) taken.add(one);
    taken.add(`${fold(path)} as a file`);
    return { part, path: `${folder}/${path}` };
  });
}

/** Two names with the same answer may be one to the file system. */
export function fold(name: string): string {
  return name.normalize('NFC').toLowerCase();
}
