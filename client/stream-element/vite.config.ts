import { defineConfig } from 'vite'

/**
 * Bundles the custom element into one file for script tags, `/static/js/belvedere-stream.js`; without a hash, so that
 * the URL is stable.
 */
export default defineConfig({
  build: {
    lib: { entry: 'index.ts', formats: ['es'], fileName: () => 'belvedere-stream.js' },
    // Into the output of the web app's build, which must run first.
    outDir: '../../dist/web/static/js',
    emptyOutDir: false,
    target: 'es2023',
  },
})
