/** A name that every destination must refuse. */
export interface HostileName {
  /** Why, completing the sentence "a name with …". */
  readonly why: string;
  /** Makes the name below a prefix, so that a destination that takes it does the least harm. */
  readonly name: (prefix: string) => string;
}

/** Names outside the contract: those that leave the folder, mean two things, or cannot be kept everywhere. */
export const hostileNames: readonly HostileName[] = [
  { why: 'a step upwards', name: (prefix) => `${prefix}../escaped` },
  { why: 'a step upwards at the start', name: (prefix) => `../${prefix}escaped` },
  { why: 'a step upwards at the end', name: (prefix) => `${prefix}folder/..` },
  { why: 'a step to the same folder', name: (prefix) => `${prefix}./object` },
  { why: 'a slash at the start', name: (prefix) => `/${prefix}object` },
  { why: 'a slash at the end', name: (prefix) => `${prefix}object/` },
  { why: 'an empty segment', name: (prefix) => `${prefix}folder//object` },
  { why: 'no characters', name: () => '' },
  { why: 'a backslash', name: (prefix) => `${prefix}folder\\object` },
  { why: 'a drive letter', name: (prefix) => `c:/${prefix}object` },
  { why: 'a colon', name: (prefix) => `${prefix}object:stream` },
  { why: 'a NUL', name: (prefix) => `${prefix}object\0.txt` },
  { why: 'a line break', name: (prefix) => `${prefix}object\n` },
  { why: 'an upper-case letter', name: (prefix) => `${prefix}Object` },
  { why: 'a letter beyond ASCII', name: (prefix) => `${prefix}ob\u00e9ject` },
  { why: 'a space', name: (prefix) => `${prefix}an object` },
  { why: 'a percent sign', name: (prefix) => `${prefix}%2e%2e` },
  { why: 'a tilde', name: (prefix) => `${prefix}~object` },
  { why: 'a leading dot', name: (prefix) => `${prefix}.object` },
  { why: 'a leading dot in a folder', name: (prefix) => `${prefix}.folder/object` },
  { why: 'a trailing dot, which Windows drops', name: (prefix) => `${prefix}object.` },
  { why: 'a device name of Windows', name: (prefix) => `${prefix}con` },
  { why: 'a device name of Windows with an extension', name: (prefix) => `${prefix}nul.txt` },
  { why: 'a device name of Windows as a folder', name: (prefix) => `${prefix}com1/object` },
  { why: 'a segment of 101 characters', name: (prefix) => `${prefix}${'x'.repeat(101)}` },
  { why: 'nine segments', name: (prefix) => `${prefix}b/c/d/e/f/g/h/i` },
  { why: 'endless characters', name: (prefix) => `${prefix}${'x'.repeat(100_000)}` },
];
