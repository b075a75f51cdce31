import { defineConfig } from 'tsup';

export default defineConfig({
  // The worker is a file of its own, beside the bundle, because threads are started from files.
  entry: { index: 'src/index.ts', worker: 'src/threads/worker.ts' },
  outDir: 'dist',
  format: 'esm',
  dts: false,
  sourcemap: true,
  clean: true,
});
