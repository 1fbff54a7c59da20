import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/**
 * The client's build. Nothing is inlined: the page runs under a Content-Security-Policy without inline script or data: addresses, and
 * starts its workers and its worklet from addresses of its own origin.
 */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // The page may lie under a sub-path: it finds its files relative to itself.
  base: './',
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'esnext',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  worker: { format: 'es' },
});
