// Runs outside the workspace, in a project that has installed the packed packages: see tools/pack.ts.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { dependencies } = JSON.parse(await readFile(new URL('package.json', import.meta.url), 'utf8'));

for (const name of Object.keys(dependencies)) {
  const manifest = require(`${name}/package.json`);

  // Nobody gets a cloud SDK he did not ask for, and every entry loads without.
  for (const [peer, { optional }] of Object.entries(manifest.peerDependenciesMeta ?? {})) {
    if (optional) assert.throws(() => require.resolve(peer), { code: 'MODULE_NOT_FOUND' });
  }

  const entries = Object.keys(manifest.exports).filter((entry) => entry !== './package.json');
  assert.notEqual(entries.length, 0, `${name} has no entry`);
  for (const entry of entries) {
    const specifier = name + entry.slice(1);
    assert.match(import.meta.resolve(specifier), /\/dist\//, `${specifier} is not the build`);
    const exported = Object.entries(await import(specifier));
    assert.notEqual(exported.length, 0, `${specifier} exports nothing`);
    for (const [key, value] of exported) assert.notEqual(value, undefined, `${key} of ${specifier}`);
    assert.equal(require(specifier)[exported[0][0]], exported[0][1], `${specifier} differs for require`);
    console.log(`${specifier}: ${exported.length} exports`);
  }
}

await import('./consumer.js');
await import('./workers.js');
