import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRepository } from '@holdfast/core';
import type { Repository } from '@holdfast/core';
import { localDestination } from '@holdfast/destinations/local';
import { startExchange } from '@holdfast/simulators/exchange';
import type { Exchange, ExchangeControl } from '@holdfast/simulators/exchange';
import { fastClock } from './fast-clock.ts';
import { startUserScript } from './start-user-script.ts';
import type { UserScriptResult } from './user-script-program.ts';
import type { UserScriptSettings } from './user-script.ts';
import { ADA, EVE } from './world.ts';

/** A simulated service and a folder, for programs that back up and restore in processes of their own. */
export interface OutsideWorld extends AsyncDisposable {
  readonly exchange: Exchange;
  readonly control: ExchangeControl;
  /** Runs a program that backs up or restores; throws if it fails. */
  run(change?: Partial<UserScriptSettings>): Promise<UserScriptResult>;
  /** Opens the repository here. */
  open(): Promise<Repository>;
}

const TIME_FACTOR = 500;

/** Makes such a world. Time runs fast; the heap of the programs is as small as is said, in megabytes. */
export async function startOutsideWorld(heap: number): Promise<OutsideWorld> {
  const exchange = await startExchange({ mailboxes: { [ADA]: {}, [EVE]: {} }, clock: fastClock(TIME_FACTOR) });
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-outside-'));
  const { url, tenant, credentials, control } = exchange;
  return {
    exchange,
    control,
    async run(change = {}) {
      const common = { url, tenant, credentials, mailbox: ADA, folder, timeFactor: TIME_FACTOR };
      const nodeOptions = [`--max-old-space-size=${heap}`];
      const { code, lines, stderr } = await startUserScript({ ...common, ...change }, { nodeOptions });
      if (code !== 0) throw new Error(`the program ended with ${code}: ${stderr}`);
      return JSON.parse(lines.at(-1) ?? '') as UserScriptResult;
    },
    open: () => openRepository({ destination: localDestination({ path: folder }) }),
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true, force: true });
      await exchange.close();
    },
  };
}
