import process from 'node:process';
import { seededRandomness } from '@holdfast/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { killingGround } from './kill-anywhere.ts';
import type { KillingGround } from './kill-anywhere.ts';

const slow = process.env['SLOW'] === '1';
// Each group has a service of its own: processes know nothing of each other's share of a mailbox's 10,000 requests.
const GROUPS = slow ? 5 : 1;
const KILLS = slow ? 10 : 3;
const seed = slow ? Date.now() % 1_000_000 : 7;
const rounds = Array.from({ length: KILLS }, (_, index) => index + 1);

describe.each(Array.from({ length: GROUPS }, (_, group) => seed + group))(
  'a process that is killed at any moment (seed %i)',
  (groupSeed) => {
    let ground: KillingGround;
    beforeAll(async () => {
      ground = await killingGround(seededRandomness(groupSeed), KILLS);
    }, 60_000);
    afterAll(() => ground[Symbol.asyncDispose]());

    it.each(rounds)(
      'leaves a backup that the next run brings to its end, with every message once (kill %i)',
      async () => {
        expect((await ground.killBackup()).complaints).toEqual([]);
      },
      60_000,
    );

    it.each(rounds)(
      'leaves a restore that the next run brings to its end, with every message once (kill %i)',
      async () => {
        expect((await ground.killRestore()).complaints).toEqual([]);
      },
      60_000,
    );
  },
);
