import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/local/index.ts', 'src/memory/index.ts'],
  outDir: 'dist',
  format: 'esm',
  dts: false,
  sourcemap: true,
  clean: true,
});
