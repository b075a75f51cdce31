import { CryptoError, RepositoryError } from '@holdfast/contracts';
import { openAgeFile } from './age-file.ts';
import type { KeyFile } from './age-file.ts';
import { fromHex, toHex } from './bytes.ts';
import { KEY_LENGTH } from './derived-keys.ts';
import type { RepositoryKey } from './repository-key.ts';

const TITLE = '# holdfast slot ';
const VERSION = 1;
const IDENTITY_PREFIX = 'AGE-SECRET-KEY-1';
/** log2 N of scrypt. A password may be guessed; the 262 bits of a generated key may not, so nobody has to pay for theirs. */
const WORK_FACTORS: Readonly<Record<RepositoryKey['type'], number>> = { generated: 10, password: 16 };

/** Work factors that are tried on opening: a hostile file could otherwise ask for any amount of work. */
export const ACCEPTED_WORK_FACTORS: {
  /** The smallest. */
  readonly least: number;
  /** The largest: 1 GiB of memory. */
  readonly most: number;
} = { least: 10, most: 20 };

/** What a slot keeps under its secret. */
export interface SlotContent {
  /** Id of the repository it belongs to. */
  readonly repositoryId: Uint8Array;
  /** The commitment that tells the genuine root. */
  readonly commitment: Uint8Array;
  /** The age identity, `AGE-SECRET-KEY-1…`. */
  readonly identity: string;
}

/** {@link SlotContent} of a slot to be written, with what is kept for people. */
export interface NewSlot extends SlotContent {
  /** What opens it. */
  readonly key: RepositoryKey;
  /** Text for people, without line breaks. */
  readonly label: string;
  /** Time of creation, RFC 3339. */
  readonly created: string;
}

/** Writes a slot: an age file under the secret of its key. */
export async function sealSlot({
  key,
  repositoryId,
  commitment,
  identity,
  label,
  created,
}: NewSlot): Promise<Uint8Array> {
  const lines = [
    `${TITLE}${VERSION}`,
    `# repository: ${toHex(repositoryId)}`,
    `# commitment: ${toHex(commitment)}`,
    `# type: ${key.type}`,
    `# label: ${label}`,
    `# created: ${created}`,
    identity,
  ];
  // Here and not above: it takes 15 MB in every thread that loads it, and only opening and making keys needs it.
  const { Encrypter } = await import('age-encryption');
  const encrypter = new Encrypter();
  encrypter.setPassphrase(key.secret.reveal());
  encrypter.setScryptWorkFactor(WORK_FACTORS[key.type]);
  return encrypter.encrypt(lines.map((line) => `${line}\n`).join(''));
}

/**
 * Opens a slot; `undefined` if the key does not fit.
 *
 * @throws `ERR_KEYRING_DAMAGED`, a {@link CryptoError}, if the key fits and the rest makes no sense.
 * @throws `ERR_VERSION_UNSUPPORTED`, a {@link RepositoryError}, if the slot is newer than this version.
 */
export async function openSlot(file: KeyFile, key: RepositoryKey): Promise<SlotContent | undefined> {
  const plaintext = await openAgeFile(file, { passphrase: key.secret.reveal() });
  if (plaintext === undefined) return undefined;
  const object = file.name;
  const [first = '', ...lines] = new TextDecoder().decode(plaintext).split('\n');
  const version = first.startsWith(TITLE) ? Number(first.slice(TITLE.length)) : 0;
  if (version > VERSION) throw new RepositoryError('ERR_VERSION_UNSUPPORTED', { object, version, supported: VERSION });
  const repositoryId = fromHex(commentOf(lines, 'repository'), KEY_LENGTH);
  const commitment = fromHex(commentOf(lines, 'commitment'), KEY_LENGTH);
  const identity = lines.find((line) => line.startsWith(IDENTITY_PREFIX));
  if (version !== VERSION || repositoryId === undefined || commitment === undefined || identity === undefined) {
    throw new CryptoError('ERR_KEYRING_DAMAGED', { object });
  }
  if (!(await isIdentity(identity))) throw new CryptoError('ERR_KEYRING_DAMAGED', { object });
  return { repositoryId, commitment, identity };
}

// The error that age throws quotes the identity, so it must not become a cause.
async function isIdentity(text: string): Promise<boolean> {
  const { Decrypter } = await import('age-encryption');
  try {
    new Decrypter().addIdentity(text);
    return true;
  } catch {
    return false;
  }
}

function commentOf(lines: readonly string[], name: string): string | undefined {
  const prefix = `# ${name}: `;
  return lines.find((line) => line.startsWith(prefix))?.slice(prefix.length);
}
