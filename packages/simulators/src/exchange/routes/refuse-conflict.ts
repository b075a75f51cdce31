import { GraphFailure } from '../protocol/graph-failure.ts';
import type { ExchangeService } from '../server/exchange-service.ts';
import type { StoredMessage } from '../store/stored-message.ts';

/**
 * Refuses a write to a message that conflicts with another one, as ordered or by the rate. A refusal by the rate is
 * followed by a success.
 */
export function refuseConflict(
  { faults, identifiers, behaviour }: Pick<ExchangeService, 'behaviour' | 'faults' | 'identifiers'>,
  message: StoredMessage,
): void {
  if (faults.conflicts > 0) {
    faults.conflicts--;
    throw irresolvableConflict();
  }
  if (behaviour.conflictRate === 0) return;
  message.writes++;
  const wasRefused = message.conflicted;
  message.conflicted = false;
  if (wasRefused) return;
  if (identifiers.fraction('conflict', message.immutableId, message.writes) >= behaviour.conflictRate) return;
  message.conflicted = true;
  throw irresolvableConflict();
}

/** What the service says of a write that another one has overtaken. */
export function irresolvableConflict(): GraphFailure {
  return new GraphFailure(
    412,
    'ErrorIrresolvableConflict',
    'The send or update operation could not be performed because the change key passed in the request does not match the current change key for the item.',
  );
}
