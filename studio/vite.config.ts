import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Where `npm run dev` finds the servers (`npm start` in another shell). */
const SERVER = process.env.NEXUS_SERVER ?? 'http://localhost:4000'

export default defineConfig({
  plugins: [react(), tailwindcss()],
  resolve: { dedupe: ['yjs', 'react', 'react-dom'] },
  build: {
    // light-dark() and nested CSS stay as written: older targets would turn every token into two variables.
    target: ['chrome125', 'firefox128', 'safari18'],
    // The policy of the server allows no data: addresses for scripts and no inlined module preload.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
  server: {
    proxy: {
      '/api': SERVER,
      '/.well-known': SERVER,
      '/collab': { target: SERVER, ws: true },
    },
  },
})
