import { randomUUID } from 'node:crypto';

const FORM = /^\.holdfast-[0-9a-f-]{36}\.tmp$/;

/** A name for what is being written. The source passes over it. */
export function temporaryName(): string {
  return `.holdfast-${randomUUID()}.tmp`;
}

/** Whether a name is one of {@link temporaryName}. */
export function isTemporaryName(name: string): boolean {
  return name.startsWith('.holdfast-') && FORM.test(name);
}
