/** What happened to a thing in the place that the log belongs to. */
export type ChangeKind = 'added' | 'changed' | 'removed';

/** One line of a {@link ChangeLog}. */
export interface ChangeEntry<Subject> {
  /** Position in the history of the mailbox; rises through the log. */
  readonly sequence: number;
  /** What happened. */
  readonly kind: ChangeKind;
  /** What it happened to. */
  readonly subject: Subject;
  /** The mutable id that it had here at that time. */
  readonly id: string;
  /** Sequence of the newest removal of the same thing up to this line; 0 if there was none. */
  readonly removedAt: number;
  /** Sequence of the next line about the same thing. */
  nextOfSubject: number | undefined;
  /** Sequence of the next line about the same mutable id. */
  nextOfId: number | undefined;
}

/** The history of one place, from which any client can be brought up to date. */
export interface ChangeLog<Subject> {
  /** All lines, oldest first. */
  readonly entries: readonly ChangeEntry<Subject>[];
  /** Adds a line. */
  append(sequence: number, kind: ChangeKind, subject: Subject, id: string): void;
  /** Index of the first line after a sequence. */
  indexAfter(sequence: number): number;
}

/** Makes an empty log. */
export function createChangeLog<Subject>(): ChangeLog<Subject> {
  const entries: ChangeEntry<Subject>[] = [];
  const newestOfSubject = new Map<Subject, ChangeEntry<Subject>>();
  const newestOfId = new Map<string, ChangeEntry<Subject>>();

  return {
    entries,

    append(sequence, kind, subject, id) {
      const before = newestOfSubject.get(subject);
      const removedAt = kind === 'removed' ? sequence : (before?.removedAt ?? 0);
      const entry = { sequence, kind, subject, id, removedAt, nextOfSubject: undefined, nextOfId: undefined };
      if (before !== undefined) before.nextOfSubject = sequence;
      const beforeOfId = newestOfId.get(id);
      if (beforeOfId !== undefined) beforeOfId.nextOfId = sequence;
      newestOfSubject.set(subject, entry);
      newestOfId.set(id, entry);
      entries.push(entry);
    },

    indexAfter(sequence) {
      let low = 0;
      let high = entries.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((entries[middle]?.sequence ?? 0) <= sequence) low = middle + 1;
        else high = middle;
      }
      return low;
    },
  };
}
