import { defineConfig } from 'tsup';

export default defineConfig({
  // Named, since dist/ must have the folders of src/ also with a single entry.
  entry: { 'exchange/index': 'src/exchange/index.ts' },
  outDir: 'dist',
  format: 'esm',
  dts: false,
  sourcemap: true,
  clean: true,
});
