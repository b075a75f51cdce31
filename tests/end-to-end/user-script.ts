import { createRepository, openRepository } from '@holdfast/core';
import type {
  BackupOptions,
  BackupReport,
  CheckpointInterval,
  Repository,
  RestoreOptions,
  RestoreReport,
} from '@holdfast/core';
import { generatedKey, password } from '@holdfast/crypto';
import type { RepositoryKey } from '@holdfast/crypto';
import { localDestination } from '@holdfast/destinations/local';
import { exchangeOnline } from '@holdfast/exchange-source';
import type { ExchangeOnline } from '@holdfast/exchange-source';
import { exchangeFetch } from '@holdfast/simulators/exchange';
import type { Exchange } from '@holdfast/simulators/exchange';
import { fastClock } from './fast-clock.ts';

/** What a script that backs a mailbox up is told: plain data, so that it can be handed to another process. */
export interface UserScriptSettings {
  /** Address of the simulator. */
  readonly url: string;
  readonly tenant: string;
  readonly credentials: Exchange['credentials'];
  /** Address of the mailbox. */
  readonly mailbox: string;
  /** Folder of the repository. */
  readonly folder: string;
  /** Whether a missing folder may be made. */
  readonly createFolder?: boolean;
  /** Password of the repository; without one, and without a generated key, none is given. */
  readonly password?: string;
  /** Generated key of the repository, instead of a password: it is opened at once. */
  readonly generatedKey?: string;
  /** Whether the repository is to be created. */
  readonly createRepository?: boolean;
  readonly checkpoint?: CheckpointInterval;
  /** Address of a mailbox to restore the latest snapshot into; without one, a backup is made. */
  readonly restoreInto?: string;
  /** How much faster time runs for the client. */
  readonly timeFactor?: number;
}

/** Backs a mailbox up as a user's script does it. */
export async function runUserScript(
  settings: UserScriptSettings,
  options: Pick<BackupOptions, 'onProgress'> = {},
): Promise<BackupReport> {
  const { repository, online } = await begin(settings);
  const mailbox = await online.mailbox(settings.mailbox);
  try {
    return await repository.backup(mailbox, { checkpoint: settings.checkpoint, ...options });
  } finally {
    await repository.close();
  }
}

/** Restores the latest snapshot into another mailbox as an operator's script does it. */
export async function runRestoreScript(
  settings: UserScriptSettings,
  options: Pick<RestoreOptions, 'onProgress'> = {},
): Promise<RestoreReport> {
  const { repository, online } = await begin(settings);
  try {
    const plan = await repository.planRestore({ snapshot: 'latest' });
    return await repository.restore(plan, await online.mailbox(settings.restoreInto ?? ''), options);
  } finally {
    await repository.close();
  }
}

async function begin(settings: UserScriptSettings): Promise<{ repository: Repository; online: ExchangeOnline }> {
  const { url, tenant, credentials, folder, createFolder = true, timeFactor = 1 } = settings;
  const key = keyOf(settings);
  const destination = localDestination({ path: folder, create: createFolder });
  const repository =
    settings.createRepository === true
      ? await createRepository({ destination, key: key ?? 'none' })
      : await openRepository({ destination, key });
  const clock = fastClock(timeFactor);
  return { repository, online: exchangeOnline({ tenant, credentials, fetch: exchangeFetch(url), clock }) };
}

function keyOf({ password: text, generatedKey: generated }: UserScriptSettings): RepositoryKey | undefined {
  if (generated !== undefined) return generatedKey(generated);
  return text === undefined ? undefined : password(text);
}
