/**
 * Makes a string what a mailbox store can hold: valid Unicode without NUL.
 *
 * A property of type PtypString ends at its first NUL, and JSON answers must be valid UTF-8, so lone surrogates become
 * U+FFFD and NULs disappear.
 */
export function cleanText(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}

/** Like {@link cleanText}, for values that live on one line: runs of control characters become one space. */
export function cleanLine(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what this looks for
  return cleanText(text.replace(/[\u0000-\u001f\u007f]+/g, ' ')).trim();
}
