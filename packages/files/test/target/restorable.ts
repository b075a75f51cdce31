import { utimes, writeFile } from 'node:fs/promises';
import type { RestorableItem, RestoreFolder } from '@holdfast/contracts';

/** An item to restore, made up: a file of that name, unless other parts are given. */
export function restorable(
  name: string,
  content: string,
  overrides: Partial<RestorableItem> & { readonly contents?: Readonly<Record<string, string>> } = {},
): RestorableItem {
  const { contents = { [name]: content }, ...rest } = overrides;
  return {
    source: 'files:elsewhere',
    id: name,
    changeKey: content,
    kind: 'file',
    summary: { subject: name, from: undefined, to: [], date: 0, size: undefined, hasAttachments: false },
    volatile: { modified: 1_700_000_000_123 },
    parts: Object.keys(contents),
    omitted: [],
    readPart: (part) => Promise.resolve(new TextEncoder().encode(contents[part])),
    async saveParts(files, options) {
      for (const { part, path, modified = Date.now() } of files) {
        const place = typeof path === 'string' ? path : Buffer.from(path);
        const bytes = await this.readPart(part, options);
        options?.signal?.throwIfAborted();
        await writeFile(place, bytes, { flag: 'wx' });
        await utimes(place, modified / 1000, modified / 1000);
      }
    },
    release() {},
    ...rest,
  };
}

/** A message of a mailbox, made up. */
export function message(id: string, contents: Readonly<Record<string, string>>, subject = 'Hello'): RestorableItem {
  return restorable(id, '', {
    contents,
    source: 'memory:mailbox',
    kind: 'message',
    changeKey: JSON.stringify(contents),
    summary: { subject, from: undefined, to: [], date: Date.UTC(2026, 10, 25), size: 1, hasAttachments: false },
    volatile: {},
  });
}

/** The way to a folder of these names. */
export function way(...names: readonly string[]): RestoreFolder[] {
  return names.map((name) => ({ name, role: undefined, kind: 'other', hidden: false }));
}
