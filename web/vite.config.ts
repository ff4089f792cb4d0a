import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [react()],
  worker: { format: 'es' },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2023',
    // No data: URLs: the Content-Security-Policy allows fonts and scripts from files only.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
  },
})
