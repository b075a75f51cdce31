import type { SeededRandomness } from '../seeded-randomness.ts';
import { sharePicker } from '../share-picker.ts';
import type { ProxyFault, ProxyFaultChoice } from './proxy-faults.ts';

/** How often what goes wrong, as shares of the requests from 0 to 1. All shares together are at most 1. */
export interface RandomProxyFaultRates {
  /** Requests whose acknowledgement is lost. @defaultValue `0` */
  readonly lostAnswer?: number | undefined;
  /** Requests that break off while they go up. @defaultValue `0` */
  readonly cutRequest?: number | undefined;
  /** Requests whose answer breaks off while it comes down. @defaultValue `0` */
  readonly cutAnswer?: number | undefined;
  /** After how many bytes they break off at most. @defaultValue `2000` */
  readonly cutBytes?: number | undefined;
  /** Requests that are late, or whose answers are. @defaultValue `0` */
  readonly delayed?: number | undefined;
  /** The longest delay in milliseconds. @defaultValue `1000` */
  readonly delayMs?: number | undefined;
  /** Which requests, by their first lines. @defaultValue all */
  readonly firstLine?: RegExp | undefined;
}

/**
 * Chooses faults of a proxy at random: the same ones for the same seed and the same order of requests.
 *
 * @example A bad network, on which one acknowledgement of a POST in twenty is lost
 * ```ts
 * import { randomProxyFaults, seededRandomness } from '@holdfast/testkit';
 *
 * const faults = { request: randomProxyFaults(seededRandomness(7), { lostAnswer: 0.05, firstLine: /^POST / }) };
 * ```
 */
export function randomProxyFaults(dice: SeededRandomness, rates: RandomProxyFaultRates): ProxyFaultChoice {
  const { lostAnswer = 0, cutRequest = 0, cutAnswer = 0, delayed = 0 } = rates;
  const { cutBytes = 2000, delayMs = 1000, firstLine } = rates;
  const pickShare = sharePicker([lostAnswer, cutRequest, cutAnswer, delayed]);

  function choose(where: number, amount: number): ProxyFault | undefined {
    switch (pickShare(where)) {
      case 0:
        return { cutAnswerAt: 0 };
      case 1:
        return { cutRequestAt: Math.floor(amount * cutBytes) };
      case 2:
        return { cutAnswerAt: 1 + Math.floor(amount * cutBytes) };
      case 3:
        return amount < 0.5 ? { requestDelayMs: 2 * amount * delayMs } : { answerDelayMs: (2 * amount - 1) * delayMs };
      default:
        return undefined;
    }
  }

  return (request) => {
    // Two numbers for each request, whatever comes of it: what is left out must not shift what comes after.
    const fault = choose(dice.fraction(), dice.fraction());
    return firstLine === undefined || request.firstLine.search(firstLine) >= 0 ? fault : undefined;
  };
}
