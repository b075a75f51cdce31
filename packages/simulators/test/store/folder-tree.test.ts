import { describe, expect, it } from 'vitest';

import { startExchange } from '../../src/exchange/index.ts';
import { graphClient } from '../support/graph-client.ts';
import type { GraphClient } from '../support/graph-client.ts';

const ADA = 'ada@example.org';
const FOLDERS = `/users/${ADA}/mailFolders`;

const listAll = async (graph: GraphClient, path: string): Promise<number> => {
  let count = 0;
  for (let url: string | undefined = path; url !== undefined;) {
    const { json } = await graph(url, { headers: { prefer: 'odata.maxpagesize=200' } });
    count += json.value.length;
    url = json['@odata.nextLink'];
  }
  return count;
};

describe('the tree of folders', () => {
  it('finds children by name without case, whatever happens to them', async () => {
    await using exchange = await startExchange({ mailboxes: { [ADA]: {} } });
    const { control } = exchange;
    const paths = (): readonly string[] => control.folders(ADA).map(({ path }) => path.join('/'));
    const first = control.createFolder(ADA, 'Work/Tea');
    expect(() => control.createFolder(ADA, 'work/TEA')).toThrow(RangeError);
    control.renameFolder(ADA, 'Work/Tea', 'Coffee');
    expect(() => control.renameFolder(ADA, 'Work/Tea', 'x')).toThrow(RangeError);
    const second = control.createFolder(ADA, 'Work/Tea');
    expect(paths()).toEqual(expect.arrayContaining(['Work', 'Work/Coffee', 'Work/Tea']));
    // Two of one name, which only the control can make: the one that has had it longer is found.
    control.renameFolder(ADA, first, 'TEA');
    control.deleteFolder(ADA, 'Work/tea');
    expect(control.folders(ADA).map(({ id }) => id)).not.toContain(second);
    control.moveFolder(ADA, 'Work/tea', 'archive');
    expect(paths()).toContain('Archive/TEA');
    expect(() => control.renameFolder(ADA, 'Work/tea', 'x')).toThrow(RangeError);
    expect(control.createFolder(ADA, 'Work/tea')).not.toBe(first);
  });

  it('gives folders parents first, in the order of their creation', async () => {
    await using exchange = await startExchange({ mailboxes: { [ADA]: {} } });
    for (const path of ['A/B/C', 'A/D', 'E', 'A/B/F']) exchange.control.createFolder(ADA, path);
    const own = exchange.control.folders(ADA).map(({ path }) => path.join('/'));
    expect(own.filter((path) => /^[A-F](\/|$)/.test(path))).toEqual(['A', 'A/B', 'A/B/C', 'A/B/F', 'A/D', 'E']);
  });

  it('bears 100,000 folders side by side', { timeout: 120_000 }, async () => {
    await using exchange = await startExchange({ mailboxes: { [ADA]: {} } });
    const { control } = exchange;
    const start = performance.now();
    for (let index = 0; index < 100_000; index++) control.createFolder(ADA, ['Many', `Folder ${index}`]);
    // Looking at all children for each would take minutes.
    expect(performance.now() - start).toBeLessThan(10_000);
    const graph = await graphClient(exchange);
    const parent = control.folders(ADA).find(({ path }) => path.join() === 'Many')?.id ?? '';
    const listed = performance.now();
    expect(await listAll(graph, `${FOLDERS}/${parent}/childFolders?$top=500`)).toBe(100_000);
    expect(await listAll(graph, `${FOLDERS}/delta`)).toBe(100_010);
    expect(performance.now() - listed).toBeLessThan(20_000);
  });
});
