import { defineConfig } from 'vite'

/**
 * Bundles the SDK into one file for script tags, `/static/js/belvedere.js`; without a hash, so that the URL is stable.
 */
export default defineConfig({
  build: {
    lib: { entry: 'index.ts', formats: ['es'], fileName: () => 'belvedere.js' },
    // Into the output of the web app's build, which must run first.
    outDir: '../dist/web/static/js',
    emptyOutDir: false,
    target: 'es2023',
  },
})
