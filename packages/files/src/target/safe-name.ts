import { hash } from 'node:crypto';
import process from 'node:process';

import { isTemporaryName } from '../internal/temporary-name.ts';

/** No file system in use takes more bytes of UTF-8, or units of UTF-16, in one name. */
const LONGEST = 255;
const LONGEST_EXTENSION = 16;
/** Microsoft, "Naming Files, Paths, and Namespaces". With any extension they are devices too. */
const DEVICES = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3])(?:\.|$)/i;
// oxlint-disable-next-line no-control-regex -- control characters are what it finds
const UNPORTABLE = /[\u0000-\u001f\u007f<>:"/\\|?*]/g;
// oxlint-disable-next-line no-control-regex -- no system has NUL in a name
const IMPOSSIBLE = /[\u0000/]/g;

/**
 * The name that a file or a folder of a snapshot gets on this system, or on any if names are to be portable: itself, if
 * that is possible. A name out of a snapshot may be anything: `..`, a path, a drive, a device. What cannot stay is replaced,
 * and a hash of the name keeps two names apart that become alike; so the same name always becomes the same.
 */
export function safeName(name: string, isPortable: boolean): string {
  let safe = name.toWellFormed().replaceAll(isPortable ? UNPORTABLE : IMPOSSIBLE, '_');
  // It may stand for bytes that are no text, which only Linux takes as a name.
  if (isPortable || process.platform !== 'linux') safe = safe.replaceAll('\uFFFD', '_');
  if (isPortable) safe = safe.replace(/[. ]+$/, '').replace(/^ +/, '');
  if (/^\.{0,2}$/.test(safe) || (isPortable && DEVICES.test(safe)) || isTemporaryName(safe)) safe = `_${safe}`;
  return safe === name && Buffer.byteLength(name) <= LONGEST ? name : withMark(safe, `~${shortHash(name, 8)}`);
}

/** Puts a mark at the end of a name, before its extension, and shortens the name where it would be too long. */
export function withMark(name: string, mark: string): string {
  const { stem, extension } = splitName(name);
  const room = LONGEST - Buffer.byteLength(mark) - Buffer.byteLength(extension);
  return `${shortened(stem, room)}${mark}${extension}`;
}

/** A name and its extension, with the dot. */
export function splitName(name: string): { readonly stem: string; readonly extension: string } {
  const dot = name.lastIndexOf('.');
  const isExtension = dot > 0 && name.length - dot <= LONGEST_EXTENSION;
  return isExtension ? { stem: name.slice(0, dot), extension: name.slice(dot) } : { stem: name, extension: '' };
}

/** As much of a text as fits into so many bytes. */
export function shortened(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  let short = '';
  let used = 0;
  for (const character of text) {
    used += Buffer.byteLength(character);
    if (used > bytes) break;
    short += character;
  }
  return short;
}

/** So many digits of a hash. */
export function shortHash(text: string, digits: number): string {
  return hash('sha256', text, 'hex').slice(0, digits);
}
