import { abortChecks } from './abort-checks.ts';
import { bytesChecks } from './bytes-checks.ts';
import { concurrencyChecks } from './concurrency-checks.ts';
import type { DestinationCheck } from './destination-check.ts';
import { lifecycleChecks } from './lifecycle-checks.ts';
import { listingChecks } from './listing-checks.ts';
import { missingChecks } from './missing-checks.ts';
import { nameChecks } from './name-checks.ts';
import { overwriteChecks } from './overwrite-checks.ts';
import { rangeChecks } from './range-checks.ts';

/** Every promise of {@link @holdfast/contracts!Destination | Destination}, each as a check of its own. */
export const destinationChecks: readonly DestinationCheck[] = [
  ...bytesChecks,
  ...rangeChecks,
  ...missingChecks,
  ...listingChecks,
  ...overwriteChecks,
  ...abortChecks,
  ...concurrencyChecks,
  ...nameChecks,
  ...lifecycleChecks,
];
