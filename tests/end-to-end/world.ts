import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@holdfast/contracts';
import type { Clock, Logger } from '@holdfast/contracts';
import { createRepository } from '@holdfast/core';
import type { Repository } from '@holdfast/core';
import { generateKey } from '@holdfast/crypto';
import type { RepositoryKey } from '@holdfast/crypto';
import { localDestination } from '@holdfast/destinations/local';
import { exchangeOnline } from '@holdfast/exchange-source';
import type { ExchangeMailbox, ExchangeOnline } from '@holdfast/exchange-source';
import { startExchange } from '@holdfast/simulators/exchange';
import type { Exchange, ExchangeControl, StartExchangeOptions } from '@holdfast/simulators/exchange';

/** The mailbox that is backed up. */
export const ADA = 'ada@example.org';
/** The mailbox that is restored into. */
export const EVE = 'eve@example.org';

/** A simulated service with two mailboxes, and a repository in a temporary folder. */
export interface World extends AsyncDisposable {
  readonly exchange: Exchange;
  readonly control: ExchangeControl;
  readonly online: ExchangeOnline;
  /** Clock of the client. */
  readonly clock: Clock;
  readonly ada: ExchangeMailbox;
  readonly eve: ExchangeMailbox;
  /** Where the repository lies. */
  readonly folder: string;
  readonly key: RepositoryKey | 'none';
  readonly repository: Repository;
}

/** What a {@link World} is made with. */
export interface WorldOptions extends Partial<StartExchangeOptions> {
  /** Clock of the client. @defaultValue the clock of the machine */
  readonly clientClock?: Clock | undefined;
  /** Logger of the client and of the repository. */
  readonly logger?: Logger | undefined;
  /** Key of the repository; `'none'` is faster. @defaultValue a generated one */
  readonly key?: RepositoryKey | 'none' | undefined;
}

/** Makes a world; disposing of it removes the folder, and fails if a request was outside of the description. */
export async function startWorld({
  clientClock = systemClock,
  logger,
  key = generateKey(),
  ...options
}: WorldOptions = {}): Promise<World> {
  const exchange = await startExchange({ mailboxes: { [ADA]: {}, [EVE]: {} }, ...options });
  const { tenant, credentials, fetch, control } = exchange;
  const online = exchangeOnline({ tenant, credentials, fetch, clock: clientClock, logger });
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-end-to-end-'));
  const repository = await createRepository({ destination: localDestination({ path: folder }), key, logger });
  return {
    exchange,
    control,
    online,
    clock: clientClock,
    ada: await online.mailbox(ADA),
    eve: await online.mailbox(EVE),
    folder,
    key,
    repository,
    async [Symbol.asyncDispose]() {
      await repository[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
      await exchange.close();
    },
  };
}
