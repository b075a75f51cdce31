import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type { ErrorCode } from '@holdfast/contracts';
import { startExchange } from '@holdfast/simulators/exchange';
import type { Exchange } from '@holdfast/simulators/exchange';
import { letter } from './letters.ts';
import { startUserScript } from './start-user-script.ts';
import { fingerprint } from './stored-objects.ts';
import { runUserScript } from './user-script.ts';
import type { UserScriptSettings } from './user-script.ts';
import { ADA } from './world.ts';

/** Something that a user gets wrong, or that happens to them. */
export interface BadInput {
  /** What is wrong. */
  readonly name: string;
  /** The code it must be told by. */
  readonly code: ErrorCode;
  /** What the message must say to do. */
  readonly says: RegExp;
  /** Brings it about, in a world where everything was well; returns the settings that the user then has. */
  readonly arrange: (scene: Scene) => Promise<UserScriptSettings> | UserScriptSettings;
}

/** A world where everything is well: a simulator, and a repository that was backed up into once. */
export interface Scene {
  readonly exchange: Exchange;
  readonly settings: UserScriptSettings;
}

/** What came of a bad input. */
export interface BadInputOutcome {
  /** The message that the user sees. */
  readonly message: string;
  /** What is not as it must be. */
  readonly complaints: readonly string[];
}

const PASSWORD = 'seven copper lanterns';
const WRONG_PASSWORD = 'eight silver spoons';

/** All of them. */
export const badInputs: readonly BadInput[] = [
  {
    name: 'a wrong password',
    code: 'ERR_KEY_WRONG',
    says: /Check the password/,
    arrange: ({ settings }) => ({ ...settings, password: WRONG_PASSWORD }),
  },
  {
    name: 'no password',
    code: 'ERR_KEY_MISSING',
    says: /Open it with its password/,
    arrange: ({ settings: { password: _, ...settings } }) => settings,
  },
  {
    name: 'a missing folder that must be there',
    code: 'ERR_DESTINATION_NOT_FOUND',
    says: /Check the path, or connect the drive/,
    arrange: ({ settings }) => ({ ...settings, folder: join(settings.folder, 'unplugged'), createFolder: false }),
  },
  {
    name: 'a missing folder to create a repository in',
    code: 'ERR_DESTINATION_NOT_FOUND',
    says: /Check the path, or connect the drive/,
    arrange: ({ settings }) => ({
      ...settings,
      folder: join(settings.folder, 'unplugged'),
      createFolder: false,
      createRepository: true,
    }),
  },
  {
    name: 'a folder without a repository',
    code: 'ERR_REPOSITORY_NOT_FOUND',
    says: /Check the destination, or create one there/,
    async arrange({ settings }) {
      const folder = join(settings.folder, '..', 'photos');
      await mkdir(folder);
      await writeFile(join(folder, 'holiday.jpg'), 'not a repository');
      return { ...settings, folder };
    },
  },
  {
    name: 'a repository that is to be created where one is',
    code: 'ERR_REPOSITORY_EXISTS',
    says: /Open it, or choose an empty destination/,
    arrange: ({ settings }) => ({ ...settings, createRepository: true }),
  },
  {
    name: 'an expired client secret',
    code: 'ERR_CREDENTIALS_REJECTED',
    says: /AADSTS7000222.*secret/,
    arrange({ exchange, settings }) {
      exchange.control.expireCredentials();
      return settings;
    },
  },
  {
    name: 'a wrong client secret',
    code: 'ERR_CREDENTIALS_REJECTED',
    says: /AADSTS7000215.*secret/,
    arrange: ({ settings }) => ({
      ...settings,
      credentials: { ...settings.credentials, clientSecret: 'Q8~this.is.not.the.secret.of.this.client' },
    }),
  },
  {
    name: 'a mailbox that does not exist',
    code: 'ERR_MAILBOX_NOT_FOUND',
    says: /Check the path, or the address/,
    arrange: ({ settings }) => ({ ...settings, mailbox: 'nobody@example.org' }),
  },
  {
    name: 'a service that cannot be reached',
    code: 'ERR_SOURCE_UNREACHABLE',
    says: /Check network and proxy/,
    async arrange({ exchange, settings }) {
      await exchange.close();
      return settings;
    },
  },
  {
    name: 'a repository of a future version',
    code: 'ERR_VERSION_UNSUPPORTED',
    says: /Upgrade Holdfast/,
    async arrange({ settings }) {
      const path = join(settings.folder, 'config');
      const config = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
      // What the future adds cannot be known: nothing but the version may matter.
      await writeFile(path, JSON.stringify({ holdfast: 'repository', version: 2, id: config['id'], epochs: 'daily' }));
      return settings;
    },
  },
  ...[0, 0.5, 0.99].map((share) => ({
    name: `a config that ends after ${share * 100} % of its bytes`,
    code: 'ERR_CONFIG_DAMAGED' as const,
    says: /Put it back from another copy/,
    async arrange({ settings }: Scene) {
      const path = join(settings.folder, 'config');
      const bytes = await readFile(path);
      await writeFile(path, bytes.subarray(0, Math.floor(bytes.length * share)));
      return settings;
    },
  })),
];

/**
 * Meets with a bad input, as a caller of the library and as a script in a process of its own, and tells everything that
 * is not as it must be: one typed error, one line that says what to do, no secret anywhere, nothing written or lost.
 */
export async function meetBadInput({ code, says, arrange }: BadInput): Promise<BadInputOutcome> {
  const complaints: string[] = [];
  const expectThat = (holds: boolean, complaint: string): void => {
    if (!holds) complaints.push(complaint);
  };
  const root = await mkdtemp(join(tmpdir(), 'holdfast-bad-input-'));
  const exchange = await startExchange({ mailboxes: { [ADA]: {} } });
  try {
    for (let i = 0; i < 3; i += 1) await exchange.control.addMessage(ADA, 'inbox', letter(i));
    const { url, tenant, credentials } = exchange;
    const common = { url, tenant, credentials, mailbox: ADA, password: PASSWORD, timeFactor: 500 };
    const good = { ...common, folder: join(root, 'repository') };
    await runUserScript({ ...good, createRepository: true });

    const settings = await arrange({ exchange, settings: good });
    const before = await fingerprint(root);
    const error: unknown = await runUserScript(settings).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    const script = await startUserScript(settings);
    const after = await fingerprint(root);

    const message = error instanceof Error ? error.message : `no error but ${String(error)}`;
    expectThat(error instanceof Error && 'code' in error && error.code === code, `not ${code}: ${inspect(error)}`);
    expectThat(/^[^\n]+\. [A-Z][^\n]+\.$/.test(message), `not one line of what and what to do: ${message}`);
    expectThat(says.test(message), `does not say ${String(says)}: ${message}`);
    expectThat(!message.includes('(unknown)'), `says less than it could: ${message}`);
    const shown = shownOf(error) + script.stderr + script.lines.join('\n');
    const secrets = [PASSWORD, WRONG_PASSWORD, credentials.clientSecret, settings.credentials.clientSecret];
    for (const secret of secrets) expectThat(!shown.includes(secret), 'shows a secret');
    expectThat(!/eyJ|Bearer/.test(shown), 'shows a token');
    expectThat(script.code === 1, `the script ended with ${script.code}`);
    expectThat(script.stderr === `${message}\n`, `the script said something else: ${script.stderr}`);
    expectThat(JSON.stringify(after) === JSON.stringify(before), 'something was written or lost');
    return { message, complaints };
  } finally {
    await exchange.close();
    await rm(root, { recursive: true, force: true });
  }
}

/** Everything that an error shows in any way it may be printed, with all its causes. */
function shownOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const ways = [
    error.message,
    String(error.stack),
    JSON.stringify(error),
    inspect(error, { depth: null, showHidden: true }),
  ];
  return ways.join('\n') + (error.cause === undefined ? '' : shownOf(error.cause));
}
