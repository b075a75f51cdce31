import { invalidQuery } from './graph-failure.ts';

/**
 * Splits where a separator stands outside of parentheses and of quoted text; letters in it are compared without case.
 * Throws what the service answers to brackets without an end.
 */
export function splitOutside(text: string, separator: string): readonly string[] {
  const parts: string[] = [];
  const lowered = text.toLowerCase();
  let depth = 0;
  let quoted = false;
  let start = 0;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (character === "'") quoted = !quoted;
    else if (quoted) continue;
    else if (character === '(') depth++;
    else if (character === ')') depth--;
    else if (depth === 0 && lowered.startsWith(separator, index)) {
      parts.push(text.slice(start, index));
      start = index + separator.length;
    }
  }
  parts.push(text.slice(start));
  if (depth !== 0 || quoted) throw invalidQuery(`Found an unbalanced bracket expression in '${text}'.`);
  return parts;
}
