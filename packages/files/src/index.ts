/**
 * A folder of files as a source of backups and as a target of restores: to keep exported mail, to export a mailbox to
 * a folder, and to see how a source and a target are written.
 *
 * @packageDocumentation
 */
export { filesSource } from './files-source.ts';
export { filesTarget } from './files-target.ts';

export type { FilesSourceOptions, FilesTargetOptions } from './files-options.ts';
