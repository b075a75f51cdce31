import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RunResult, root, runCommand } from '../../tools/run-command.ts';

const line = (title: string, pass: boolean): string =>
  `console.log(JSON.stringify({ title: '${title}', figure: '1.03 requests', pass: ${pass} }));\n`;

describe('npm run prove', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-prove-'));
    mkdirSync(join(folder, '7'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function prove(scripts: Readonly<Record<string, string>>, issue = '7'): Promise<RunResult> {
    for (const [name, text] of Object.entries(scripts)) writeFileSync(join(folder, '7', name), text);
    return runCommand(process.execPath, [join(root, 'tools', 'prove.ts'), issue], { env: { HOLDFAST_PROVE: folder } });
  }

  it('prints title and figure of each script in the order of their names', async () => {
    const { code, output } = await prove({ '2-b.ts': line('later', true), '1-a.ts': line('first', true) });
    expect(output).toMatch(/^pass {2}first: 1\.03 requests .*\npass {2}later: .*\n2 of 2 shown\n$/);
    expect(code).toBe(0);
  });

  it('fails when one script says so, and still runs the others', async () => {
    const { code, output } = await prove({ '1.ts': line('first', false), '2.ts': line('later', true) });
    expect(output).toMatch(/^FAIL {2}first[\s\S]*^pass {2}later[\s\S]*^1 of 2 shown$/m);
    expect(code).toBe(1);
  });

  it('fails a script that ends with an error after a good figure, and shows what it printed', async () => {
    const { code, output } = await prove({ '1.ts': `${line('first', true)}throw new Error('too late');\n` });
    expect(output).toContain('too late');
    expect(code).toBe(1);
  });

  it('fails a script that prints no figure', async () => {
    const { code, output } = await prove({ '1.ts': "console.log('{}');\n" });
    expect(output).toMatch(/^FAIL {2}1\.ts: no figure/);
    expect(code).toBe(1);
  });

  it('refuses an issue without scripts', async () => {
    expect((await prove({}, '8')).code).toBe(2);
  });
});
