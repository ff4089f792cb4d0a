import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [react()],
  worker: { format: 'es' },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2023',
    // The policy lets in no font and no script but from a file.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
  },
})
