import { GraphFailure } from '../protocol/graph-failure.ts';

/** The limits of one mailbox for one application (throttling-outlook in Microsoft's documentation). */
const CONCURRENT_REQUESTS = 4;
const REQUESTS = { count: 10_000, windowMs: 600_000 };
const UPLOAD = { bytes: 150 * 1024 * 1024, windowMs: 300_000 };

/** Counts what a mailbox is asked to do, and refuses what is too much. */
export interface MailboxLimits {
  /** Requests in progress. */
  readonly inFlight: number;
  /** Lets a request in; call the result once when it is done. Throws the 429 of the service. */
  enter(): () => void;
  /** Counts bytes of a request that writes. Throws the 429 of the service. */
  upload(bytes: number): void;
}

/** Makes the limits of one mailbox. Requests that are refused count like others. */
export function createMailboxLimits(now: () => number): MailboxLimits {
  // A ring of the newest requests: the one that is about to be overwritten is the 10,000th before this one.
  const times = new Float64Array(REQUESTS.count).fill(Number.NEGATIVE_INFINITY);
  const uploads: { readonly time: number; readonly bytes: number }[] = [];
  let uploaded = 0;
  let position = 0;
  let inFlight = 0;

  return {
    get inFlight() {
      return inFlight;
    },

    enter() {
      const present = now();
      const oldest = times[position] ?? Number.NEGATIVE_INFINITY;
      times[position] = present;
      position = (position + 1) % REQUESTS.count;
      const wait = oldest + REQUESTS.windowMs - present;
      if (wait > 0) throw throttled('Application is over its MailboxRequestRate limit.', wait / 1000);
      if (inFlight >= CONCURRENT_REQUESTS) {
        throw throttled('Application is over its MailboxConcurrency limit.', 0.249);
      }
      inFlight++;
      return () => {
        inFlight--;
      };
    },

    upload(bytes) {
      const present = now();
      while (uploads[0] !== undefined && uploads[0].time + UPLOAD.windowMs <= present) {
        uploaded -= uploads.shift()?.bytes ?? 0;
      }
      if (uploads[0] !== undefined && uploaded + bytes > UPLOAD.bytes) {
        const wait = uploads[0].time + UPLOAD.windowMs - present;
        throw throttled('Application is over its MailboxUploadRate limit.', wait / 1000);
      }
      uploads.push({ time: present, bytes });
      uploaded += bytes;
    },
  };
}

/** The 429 of the service, with its decimal `Retry-After`. */
export function throttled(message: string, seconds: number): GraphFailure {
  const wait = Math.max(0.001, Math.ceil(seconds * 1000) / 1000);
  return new GraphFailure(429, 'ApplicationThrottled', message, { headers: { 'retry-after': String(wait) } });
}
