import { describe, expect, it } from 'vitest';
import { fencesOf } from '../../tools/fences.ts';

const block = (flags: string, code: string): string => `text\n\n\`\`\`ts${flags}\n${code}\n\`\`\`\n`;

describe('the blocks of the documentation', () => {
  it('are found in Markdown, with the line they begin at', () => {
    expect(fencesOf('a.md', block('', 'const a = 1;'))).toEqual([
      { place: 'a.md:3', code: 'const a = 1;\n', runs: true, prints: [] },
    ]);
  });

  it('lose the stars of the comment they stand in, and keep their indentation', () => {
    const comment = '  /**\n   * ```ts\n   * if (a) {\n   *   b();\n   *\n   * }\n   * ```\n   */\n';
    expect(fencesOf('a.ts', comment)[0]?.code).toBe('if (a) {\n  b();\n\n}\n');
  });

  it('are not run when they say so, declare what is nowhere, or are a test', () => {
    expect(fencesOf('a.md', block(' no-run', 'a();'))[0]?.runs).toBe(false);
    expect(fencesOf('a.md', block('', 'declare const a: () => void;'))[0]?.runs).toBe(false);
    expect(fencesOf('a.md', block('', "import { it } from 'vitest';"))[0]?.runs).toBe(false);
  });

  it('name what they print', () => {
    expect(fencesOf('a.md', block('', 'console.log(1 + 1); // 2'))[0]?.prints).toEqual(['2']);
  });

  it('of other languages are left alone', () => {
    expect(fencesOf('a.md', '```sh\nls\n```\n```tsx\n```\n')).toEqual([]);
  });
});
