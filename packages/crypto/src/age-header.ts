import { toLatin1 } from './bytes.ts';

const VERSION_LINE = 'age-encryption.org/v1';
/** More than a keyring sealed to hundreds of recipients needs; a longer header is not looked at. */
const MAX_HEADER_LENGTH = 262_144;
const FULL_LINE = 64;
const BASE64_LINE = /^[A-Za-z0-9+/]*$/;
const WORK_FACTOR = /^[1-9][0-9]{0,2}$/;
/** base64 of a 16-byte salt, without padding. */
const SALT_TEXT_LENGTH = 22;
/** base64 of a wrapped file key of 32 bytes, without padding. */
const BODY_TEXT_LENGTH = 43;

/** What the header of a file in `keys/` tells before any secret is tried. */
export type AgeForm =
  | {
      /** It is a slot. */
      readonly form: 'slot';
      /** log2 of the cost of trying a secret. */
      readonly workFactor: number;
    }
  | {
      /** It is a keyring generation. */
      readonly form: 'keyring';
    }
  | {
      /** It is an age file that cannot be read, or nothing of ours. */
      readonly form: 'malformed' | 'other';
    };

interface Stanza {
  readonly type: string;
  readonly args: readonly string[];
  readonly body: string;
}

/**
 * Reads the header of an age file (https://c2sp.org/age) as far as needed to tell a slot from a keyring, and how costly
 * a slot is. A slot has exactly one stanza, of type scrypt.
 */
export function readAgeForm(bytes: Uint8Array): AgeForm {
  const text = toLatin1(bytes.subarray(0, MAX_HEADER_LENGTH));
  if (!text.startsWith(`${VERSION_LINE}\n`)) return { form: 'other' };
  const stanzas = readStanzas(text.slice(VERSION_LINE.length + 1));
  const first = stanzas?.[0];
  if (stanzas === undefined || first === undefined) return { form: 'malformed' };
  if (first.type === 'X25519') return { form: 'keyring' };
  if (first.type !== 'scrypt') return { form: 'other' };
  const [salt = '', workFactor = ''] = first.args;
  const wellFormed =
    stanzas.length === 1 &&
    first.args.length === 2 &&
    salt.length === SALT_TEXT_LENGTH &&
    first.body.length === BODY_TEXT_LENGTH &&
    WORK_FACTOR.test(workFactor);
  return wellFormed ? { form: 'slot', workFactor: Number(workFactor) } : { form: 'malformed' };
}

function readStanzas(text: string): readonly Stanza[] | undefined {
  const stanzas: Stanza[] = [];
  let start = 0;
  const nextLine = (): string | undefined => {
    const end = text.indexOf('\n', start);
    if (end < 0) return undefined;
    const line = text.slice(start, end);
    start = end + 1;
    return line;
  };
  for (let line = nextLine(); line !== undefined; line = nextLine()) {
    if (line.startsWith('--- ')) return stanzas;
    const [arrow, type, ...args] = line.split(' ');
    if (arrow !== '->' || type === undefined) return undefined;
    let body = '';
    // A body ends with the first line that is not full, which may be empty.
    for (let full = true; full;) {
      const bodyLine = nextLine();
      if (bodyLine === undefined || bodyLine.length > FULL_LINE || !BASE64_LINE.test(bodyLine)) return undefined;
      body += bodyLine;
      full = bodyLine.length === FULL_LINE;
    }
    stanzas.push({ type, args, body });
  }
  return undefined;
}
