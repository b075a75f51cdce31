import type { Address } from 'postal-mime';

import type { EmailAddress } from '../message-content.ts';
import { cleanLine } from './clean-text.ts';

/**
 * Turns parsed addresses into recipients as Graph shows them. The members of a group stand for the group; a name
 * without an address stays, with an empty address, because real mail has such recipients.
 */
export function toEmailAddresses(addresses: readonly Address[] | undefined): EmailAddress[] {
  const result: EmailAddress[] = [];
  for (const entry of addresses ?? []) {
    for (const mailbox of entry.group ?? [entry]) {
      const address = cleanLine(mailbox.address);
      const name = cleanLine(mailbox.name) || address;
      if (name !== '') result.push({ name, address });
    }
  }
  return result;
}

/** The first of the addresses, if there is one. */
export function toEmailAddress(address: Address | undefined): EmailAddress | undefined {
  return address === undefined ? undefined : toEmailAddresses([address])[0];
}
