/** `npm run bench`: see `--help`, and docs/performance.md on how to read what it prints. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { HELP, parseOptions } from './bench-options.ts';
import { runGrowth } from './growth/run-growth.ts';
import type { WrittenResult } from './report/page.ts';
import { growthRows, writeIntoPage } from './report/page.ts';
import { alignedTable, resultHead, resultRows } from './report/table.ts';
import { runBench } from './run-bench.ts';

const options = parseOptions(process.argv.slice(2));
const onRun = (text: string): void => console.error(text);

if (options === 'help') console.log(HELP);
else if (options.page) writeIntoPage(join(import.meta.dirname, '..', 'docs', 'performance.md'), options.page);
else if (options.growth) {
  const growth = await runGrowth({ ...options, counts: options.growth, onRun });
  console.log(alignedTable(growthRows(growth)));
  keep({ growth });
} else {
  const result = await runBench({ ...options, onRun });
  console.log(resultHead(result).join('\n'));
  console.log(`\n${alignedTable(resultRows(result))}`);
  keep(result);
}

function keep(result: WrittenResult): void {
  if (options !== 'help' && options.json !== undefined)
    writeFileSync(options.json, `${JSON.stringify(result, undefined, 2)}\n`);
}
