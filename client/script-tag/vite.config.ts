import { defineConfig } from 'vite'

/**
 * Bundles a client for pages without modules into one classic script, `/static/js/MODE.js`, from `MODE.global.ts`. The
 * mode chooses which, since such a bundle has a single entry.
 */
export default defineConfig(({ mode }) => ({
  build: {
    lib: { entry: `${mode}.global.ts`, formats: ['iife'], name: 'belvedere', fileName: () => `${mode}.js` },
    // Into the output of the web app's build, which must run first.
    outDir: '../../dist/web/static/js',
    emptyOutDir: false,
    // The doorbell's pages hang on walls, on devices that are older than the web app supports.
    target: 'es2017',
  },
}))
