import { fileURLToPath } from 'node:url'
import tailwind from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** The platform on this machine; `npm run dev -w web` passes API calls on to it. */
const PLATFORM = 'http://127.0.0.1:7450'

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react(), tailwind()],
  resolve: {
    alias: { 'sallyport/proof': fileURLToPath(new URL('../src/proof.ts', import.meta.url)) },
  },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    cssTarget: ['chrome123', 'firefox121', 'safari17.5'],
    // The content policy knows no data: URLs, so nothing may be inlined as one.
    assetsInlineLimit: 0,
    // A map names every file of the source; it is for us, not for a served folder.
    sourcemap: false,
    chunkSizeWarningLimit: 900,
  },
  server: {
    port: 5173,
    strictPort: true,
    proxy: { '/api': PLATFORM, '/login': PLATFORM, '/log': PLATFORM },
  },
})
