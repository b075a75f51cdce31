import type { Segment } from './manifest.ts';

/** Puts a mail together again. */
export function joinMail(segments: readonly Segment[], sources: readonly Buffer[], size: number): Buffer {
  const mail = Buffer.allocUnsafe(size);
  const taken = sources.map(() => 0);
  let at = 0;
  for (const { source, length, line } of segments) {
    const bytes = sources[source] ?? Buffer.alloc(0);
    if (line === undefined) {
      const from = taken[source] ?? 0;
      at += bytes.copy(mail, at, from, from + length);
      taken[source] = from + length;
      continue;
    }
    const pure = Buffer.from(bytes.toString('base64'), 'latin1');
    const end = at + length;
    for (let from = 0; from < pure.length; from += line) {
      at += pure.copy(mail, at, from, from + line);
      if (at < end) at += mail.write('\r\n', at, 'latin1');
    }
  }
  return mail;
}
