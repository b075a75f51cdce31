import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type { ItemPart } from '@holdfast/contracts';
import { createRepository, openRepository } from '@holdfast/core';
import type { Repository } from '@holdfast/core';
import { localDestination } from '@holdfast/destinations/local';
import { startProcess } from '@holdfast/testkit';
import { badFolders } from './bad-folders.ts';
import { badOptions } from './bad-options.ts';
import type { BadMail, BadMailSize } from './bad-mail.ts';
import type { EngineProgramResult, EngineProgramSettings } from './engine-program.ts';
import { engineSource, ordinaryParts } from './engine-source.ts';
import type { EngineSourceContent } from './engine-source.ts';
import type { BadMailOutcome } from './live-with.ts';

/** A repository in a folder that was backed up into once, by a run that had nothing bad. */
interface EngineScene {
  readonly folder: string;
  readonly repository: Repository;
  /** What the source has now; to be changed. */
  content: EngineSourceContent;
  /** Backs the source up. */
  backUp(): ReturnType<Repository['backup']>;
}

const ORDINARY: EngineSourceContent = { items: { ordinary: () => ordinaryParts('ordinary') } };
/** The most that a process may take with the memory it has if nothing is said, in megabytes. */
const MOST_MEGABYTES = 400;
const MIB = 1024 * 1024;

/** Everything bad that the engine can be given: a typed error or a line in the report each, and nothing else lost. */
export const badEngineInputs: readonly BadMail[] = [
  ...badOptions.map(({ name, code, says, call }) => ({
    name: `an option out of range: ${name}`,
    run: () =>
      withScene(async ({ repository, folder }) => {
        const error: unknown = await call({ repository, destination: localDestination({ path: folder }) }).then(
          () => undefined,
          (failure: unknown) => failure,
        );
        const isTold = error instanceof Error && error.name === code && says.test(error.message);
        return {
          outcome: error instanceof Error ? `${error.name}: ${error.message}` : 'it was taken',
          complaints: isTold ? [] : [`not a ${code} that says ${says}: ${inspect(error)}`],
        };
      }),
  })),
  {
    name: 'an item that grows while it is read',
    run: () => withScene(growingItem),
  },
  {
    name: 'a MIME bomb of 10,000 nested parts',
    run: () => withScene((scene) => keepsItem(scene, { 'message.eml': nestedMime(10_000) })),
  },
  {
    name: 'a message that is one line of base64 without an end',
    run: (size) => withScene((scene) => keepsItem(scene, { 'message.eml': endlessLine(size === 'full' ? 40 : 2) })),
  },
  {
    name: 'a worker that dies in the middle of a backup, a restore and a check',
    run: (size) => withScene((scene) => dyingWorker(scene, size)),
  },
  ...badFolders.map(({ name, run }) => ({
    name,
    run: () => withScene(({ folder }) => run(folder)),
  })),
  {
    name: 'an attachment of 2 GB',
    run: (size) => withScene((scene) => largePart(scene, { attachment: size === 'full' ? 2 ** 31 : 48 * MIB })),
  },
  {
    name: 'a message of 70 attachments that comes as a stream',
    run: (size) =>
      withScene((scene) => largePart(scene, { message: { attachments: 70, bytes: (size === 'full' ? 28 : 2) * MIB } })),
  },
  {
    name: 'a million folders',
    run: (size) => withScene((scene) => millionFolders(scene, size)),
  },
];

/** Lets something bad happen, then sees to it that nothing else was lost. */
async function withScene(act: (scene: EngineScene) => Promise<BadMailOutcome>): Promise<BadMailOutcome> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-engine-'));
  try {
    const repository = await createRepository({ destination: localDestination({ path: folder }), key: 'none' });
    const scene: EngineScene = {
      folder,
      repository,
      content: ORDINARY,
      backUp: () => repository.backup(engineSource(() => scene.content)),
    };
    const { snapshot: before } = await scene.backUp();
    const { outcome, complaints } = await act(scene);
    scene.content = ORDINARY;
    const after = await (
      await openRepository({ destination: localDestination({ path: folder }) })
    ).backup(engineSource(() => scene.content));
    const lost: string[] = [];
    if (after.result !== 'complete') lost.push(`the next run: ${inspect(after, { depth: 4 })}`);
    for (const { id } of [before, after.snapshot]) {
      const bytes = await partOf(repository, id, 'ordinary', 'message.eml').catch((error: unknown) => inspect(error));
      if (!isSame(bytes, ordinaryParts('ordinary')[0]?.bytes)) lost.push(`snapshot ${id} does not hold what it held`);
    }
    const { problems } = await repository.check({ level: 'index' });
    if (problems.length > 0) lost.push(`the check: ${inspect(problems)}`);
    await repository.close();
    return { outcome, complaints: [...complaints, ...lost] };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function partOf(repository: Repository, snapshot: string, item: string, part: string): Promise<Uint8Array> {
  return (await repository.item({ snapshot, collection: 'inbox', item })).readPart(part);
}

function isSame(a: unknown, b: unknown): boolean {
  return a instanceof Uint8Array && b instanceof Uint8Array && Buffer.compare(a, b) === 0;
}

/** Backs up an item with these parts and reads them again. */
async function keepsItem(scene: EngineScene, parts: Readonly<Record<string, Uint8Array>>): Promise<BadMailOutcome> {
  const listed = Object.entries(parts).map(([name, bytes]): ItemPart => ({ name, bytes }));
  scene.content = { items: { ...ORDINARY.items, bad: () => listed } };
  const { result, snapshot } = await scene.backUp();
  const complaints = result === 'complete' ? [] : [`the backup ended as ${result}`];
  let total = 0;
  for (const [name, bytes] of Object.entries(parts)) {
    total += bytes.length;
    if (!isSame(await partOf(scene.repository, snapshot.id, 'bad', name), bytes)) complaints.push(`${name} is another`);
  }
  return { outcome: `stored and read again, ${(total / 1e6).toFixed(1)} MB`, complaints };
}

/** A part is longer than the source had said, and longer at each reading; its change is told only afterwards. */
async function growingItem(scene: EngineScene): Promise<BadMailOutcome> {
  let length = 1_000_000;
  let latest: Uint8Array = new Uint8Array();
  const grow = async function* (): AsyncGenerator<Uint8Array, void, void> {
    const pieces: Uint8Array[] = [];
    // Whoever reads sees it grow: the end moves on while the beginning is on its way.
    for (let at = 0; at < length; at += 50_000) {
      const piece = new Uint8Array(50_000).fill(at / 50_000);
      if (at < 1_500_000) length += 10_000;
      pieces.push(piece);
      yield piece;
    }
    latest = Buffer.concat(pieces);
  };
  const items = { ...ORDINARY.items, growing: () => [{ name: 'message.eml', bytes: grow() }] };
  scene.content = { items };
  const complaints: string[] = [];
  const sizes: number[] = [];
  for (const changeKey of ['1', '2', '3']) {
    scene.content = { items, changeKeys: { growing: changeKey } };
    const { result, snapshot } = await scene.backUp();
    const stored = await partOf(scene.repository, snapshot.id, 'growing', 'message.eml');
    sizes.push(stored.length);
    if (result !== 'complete' || !isSame(stored, new Uint8Array(latest)))
      complaints.push(`run ${changeKey} lost some of it`);
  }
  return { outcome: `stored as it was read: ${sizes.join(', ')} bytes`, complaints };
}

function nestedMime(depth: number): Uint8Array {
  const lines: string[] = ['MIME-Version: 1.0'];
  for (let i = 0; i < depth; i += 1) lines.push(`Content-Type: multipart/mixed; boundary="b${i}"`, '', `--b${i}`);
  lines.push('Content-Type: application/octet-stream', 'Content-Transfer-Encoding: base64', '');
  for (let i = 0; i < 60; i += 1) lines.push(Buffer.alloc(57, i).toString('base64'));
  for (let i = depth - 1; i >= 0; i -= 1) lines.push(`--b${i}--`);
  return new TextEncoder().encode(lines.join('\r\n'));
}

function endlessLine(megabytes: number): Uint8Array {
  const head = 'Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n';
  return new TextEncoder().encode(head + 'QUJDREVGRw'.repeat(megabytes * 100_000));
}

async function runEngine(settings: EngineProgramSettings): Promise<EngineProgramResult> {
  const args = [join(import.meta.dirname, 'engine-program.ts')];
  const { code, lines, stderr } = await startProcess({
    args,
    env: { HOLDFAST_SETTINGS: JSON.stringify(settings) },
  }).outcome;
  if (code !== 0) throw new Error(`the program ended with ${code}: ${stderr}`);
  return JSON.parse(lines.at(-1) ?? '') as EngineProgramResult;
}

/** A worker is ended from outside with a task in its hands: whatever it was needed for says so, and goes on when it is done again. */
async function dyingWorker({ folder }: EngineScene, size: BadMailSize): Promise<BadMailOutcome> {
  const items = size === 'full' ? 600 : 160;
  const complaints: string[] = [];
  const outcomes: string[] = [];
  for (const act of ['backup', 'restore', 'check'] as const) {
    const { outcome, again, killed, restored } = await runEngine({ folder, items, act, killWorkerAtTask: 4 });
    if (killed !== 1) complaints.push(`${act}: ${killed} workers were killed`);
    if (outcome !== 'ERR_WORKER_FAILED') complaints.push(`${act}: it ended as ${outcome}`);
    if (again !== 'complete') complaints.push(`${act}: the next one ended as ${again}`);
    if (act === 'restore' && restored !== items) complaints.push(`${restored} of ${items} items were restored`);
    outcomes.push(`${act}: ${outcome}, then ${again}`);
  }
  return { outcome: outcomes.join('; '), complaints };
}

/** A part that nobody could hold comes as a stream. */
async function largePart(
  { folder, repository }: EngineScene,
  part: Pick<EngineProgramSettings, 'attachment' | 'message'>,
): Promise<BadMailOutcome> {
  const { attachment = 0, message = { attachments: 0, bytes: 0 } } = part;
  const length = attachment + message.attachments * message.bytes;
  const { outcome, bytesRead = 0, peakMegabytes } = await runEngine({ folder, ...part });
  const complaints: string[] = [];
  if (outcome !== 'complete') complaints.push(`the backup ended as ${outcome}`);
  if (peakMegabytes > MOST_MEGABYTES) complaints.push(`it took ${peakMegabytes.toFixed(0)} MB`);
  if (bytesRead < length) complaints.push(`${bytesRead} bytes were read`);
  const { problems } = await repository.check({ level: 'decryption' });
  if (problems.length > 0) complaints.push(`the check: ${inspect(problems)}`);
  return { outcome: `${outcome}, ${peakMegabytes.toFixed(0)} MB at most for ${bytesRead} bytes`, complaints };
}

/** So many folders with a budget that has room for them, twice, and before that with one that has not. */
const FOLDERS = {
  full: { emptyFolders: 1_000_000, memory: 512 * 2 ** 20, tooLittle: 256 * 2 ** 20, megabytes: 900 },
  small: { emptyFolders: 170_000, memory: 256 * 2 ** 20, tooLittle: 64 * 2 ** 20, megabytes: 450 },
};

async function millionFolders({ folder, repository }: EngineScene, size: BadMailSize): Promise<BadMailOutcome> {
  const { emptyFolders, memory, tooLittle, megabytes } = FOLDERS[size];
  const snapshots = async (): Promise<number> => (await Array.fromAsync(repository.snapshots())).length;
  const before = await snapshots();
  const refused = await runEngine({ folder, emptyFolders, memory: tooLittle });
  const { outcome, message = '' } = refused;
  const complaints: string[] = [];
  if (outcome !== 'ERR_MEMORY_EXCEEDED') complaints.push(`the backup ended as ${outcome}`);
  else if (!message.includes(`${emptyFolders + 1} folders`) || !/budget\.memory/.test(message))
    complaints.push(message);
  if ((await snapshots()) !== before) complaints.push('something was written');
  const needed = Number(/need (\d+) bytes/.exec(message)?.[1]);
  if (!(needed > tooLittle && needed <= memory)) complaints.push(`it says that ${needed} bytes are needed`);

  const first = await runEngine({ folder, emptyFolders, memory });
  const second = await runEngine({ folder, emptyFolders, memory });
  for (const run of [first, second]) {
    if (run.outcome !== 'complete') complaints.push(`with enough memory: ${inspect(run)}`);
  }
  const peaks = [refused, first, second].map(({ peakMegabytes }) => peakMegabytes);
  if (Math.max(...peaks) > megabytes) complaints.push(`it took ${Math.max(...peaks).toFixed(0)} MB`);
  const told = peaks.map((peak) => peak.toFixed(0)).join(', ');
  return {
    outcome: `${outcome} with ${tooLittle} bytes, ${first.outcome} with ${memory}; ${told} MB at most`,
    complaints,
  };
}
