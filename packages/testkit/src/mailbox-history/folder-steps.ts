import type { SeededRandomness } from '../seeded-randomness.ts';
import type { FolderReference, HistoryStep } from './history-steps.ts';
import type { HistoryWorld } from './history-world.ts';

/** Services allow about 300 levels; people make five. */
const DEEPEST = 5;
const NAMES = ['Projects', 'Bridge', '2019', 'Rechnungen', 'Старое', '請求書', 'a/b', 'Archive', 'To do', 'Kläranlage'];

/** Chooses a step about a folder; `undefined` if there is none that it fits. */
export function chooseFolderStep(
  dice: SeededRandomness,
  world: HistoryWorld,
  kind: 'create-folder' | 'delete-folder' | 'move-folder' | 'rename-folder',
): HistoryStep | undefined {
  if (kind === 'create-folder') {
    const parents = world.parents.filter(({ path }) => path.length < DEEPEST);
    // Where the view shows no root, the top is a parent all the same.
    const above = parents.some(({ path }) => path.length === 0) ? dice.pick(parents) : dice.pick([TOP, ...parents]);
    const path = [...above.path, freeName(dice, world, above.path)];
    return { kind, path, isHidden: dice.fraction() < 0.1 };
  }
  if (world.own.length === 0) return undefined;
  const folder = dice.pick(world.own);
  switch (kind) {
    case 'delete-folder':
      return { kind, folder };
    case 'rename-folder':
      return { kind, folder, name: freeName(dice, world, folder.path.slice(0, -1)) };
    case 'move-folder': {
      const name = folder.path.at(-1) ?? '';
      const free = world.parents.filter(
        ({ path }) => path.length < DEEPEST && !isInside(path, folder.path) && !world.has([...path, name]),
      );
      return free.length === 0 ? undefined : { kind, folder, parent: dice.pick(free) };
    }
  }
}

const TOP: FolderReference = { id: '', path: [] };

/** A name that no folder below that path has; names are compared without case. */
function freeName(dice: SeededRandomness, world: HistoryWorld, above: readonly string[]): string {
  const name = dice.pick(NAMES);
  if (!world.has([...above, name])) return name;
  for (let number = dice.integer(2, 99); ; number += 1) {
    if (!world.has([...above, `${name} ${number}`])) return `${name} ${number}`;
  }
}

function isInside(path: readonly string[], folder: readonly string[]): boolean {
  return folder.every((name, level) => path[level] === name);
}
