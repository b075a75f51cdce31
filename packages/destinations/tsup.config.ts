import { defineConfig } from 'tsup';

export default defineConfig({
  // Named, since dist/ must have the folders of src/ also with a single entry.
  entry: { 'local/index': 'src/local/index.ts', 'memory/index': 'src/memory/index.ts' },
  outDir: 'dist',
  format: 'esm',
  dts: false,
  sourcemap: true,
  clean: true,
});
