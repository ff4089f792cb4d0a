import { defineConfig } from 'vite'

/** The SDK as one file for script tags, served as `/static/js/belvedere.js`: its name stays, so it has no hash. */
export default defineConfig({
  build: {
    lib: { entry: 'index.ts', formats: ['es'], fileName: () => 'belvedere.js' },
    // Among what the web app's build has put there before.
    outDir: '../dist/web/static/js',
    emptyOutDir: false,
    target: 'es2023',
  },
})
