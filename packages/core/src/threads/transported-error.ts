import { CryptoError, RepositoryError } from '@holdfast/contracts';
import type { MessageDetails } from '@holdfast/contracts';

/** An error in a form that `postMessage` keeps whole: classes of one's own do not survive it. */
export type TransportedError =
  | { readonly type: 'RepositoryError'; readonly code: RepositoryError['code']; readonly details: MessageDetails }
  | { readonly type: 'CryptoError'; readonly code: CryptoError['code']; readonly details: MessageDetails }
  | { readonly type: 'system'; readonly message: string; readonly details: SystemErrorDetails }
  | { readonly type: 'other'; readonly error: unknown };

/** What tells errors of the system apart. */
type SystemErrorDetails = Pick<NodeJS.ErrnoException, 'code' | 'errno' | 'syscall'>;

/** Makes an error ready for another thread. Causes are left behind. */
export function packError(error: unknown): TransportedError {
  if (RepositoryError.is(error)) return { type: 'RepositoryError', code: error.code, details: error.details };
  if (CryptoError.is(error)) return { type: 'CryptoError', code: error.code, details: error.details };
  if (error instanceof Error && 'syscall' in error) {
    const { message, code, errno, syscall } = error as NodeJS.ErrnoException;
    return { type: 'system', message, details: { code, errno, syscall } };
  }
  return { type: 'other', error };
}

/** Makes the error again. */
export function unpackError(packed: TransportedError): unknown {
  switch (packed.type) {
    case 'RepositoryError':
      return new RepositoryError(packed.code, packed.details);
    case 'CryptoError':
      return new CryptoError(packed.code, packed.details);
    case 'system':
      return Object.assign(new Error(packed.message), packed.details);
    case 'other':
      return packed.error;
  }
}
