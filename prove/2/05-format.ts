/**
 * What a machine can show of "the format text is enough": every field that is found in a repository, of every structure,
 * is named on its page of docs/format. (That a reader can be written from these pages alone, a person has to try.)
 */
import { unnamedFields } from '../../tests/end-to-end/format-fields.ts';
import { sampleFields } from '../../tests/end-to-end/format-sample.ts';
import { conclude } from '../conclude.ts';

const fields = [...(await sampleFields('encrypted')), ...(await sampleFields('clear'))];
const distinct = new Map(fields.map((field) => [`${field.structure}.${field.field}`, field]));
const unnamed = await unnamedFields([...distinct.values()]);
for (const { structure, field, page } of unnamed) console.log(`${page} does not name ${field} of ${structure}`);
conclude({
  title: 'fields found in a repository that docs/format names',
  figure: `${distinct.size - unnamed.length} of ${distinct.size}, in ${new Set(fields.map(({ structure }) => structure)).size} structures`,
  pass: unnamed.length === 0 && distinct.size > 100,
});
