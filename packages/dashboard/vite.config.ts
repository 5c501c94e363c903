import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

/** The fonts that the first view is set in: asked for with the page, so that its text does not change when they come. */
const FIRST_FONTS = /geist(-mono)?-latin-wght-normal-[\w-]+\.woff2$/

const preloadFonts: Plugin = {
  name: 'preload-fonts',
  transformIndexHtml: {
    order: 'post',
    handler: (_html, { bundle = {} }) =>
      Object.keys(bundle)
        .filter((file) => FIRST_FONTS.test(file))
        .map((file) => ({
          tag: 'link',
          attrs: { rel: 'preload', as: 'font', type: 'font/woff2', crossorigin: '', href: `/dashboard/${file}` },
          injectTo: 'head',
        })),
  },
}

export default defineConfig({
  base: '/dashboard/',
  plugins: [react(), tailwindcss(), preloadFonts],
  build: {
    // Browsers that know light-dark(), which the colours are made of: since the spring of 2024.
    target: ['chrome123', 'firefox120', 'safari17.5'],
    // Nothing inline: the policy of the page allows files of this server and nothing else.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  // `npm run dashboard` beside a server on the usual port.
  server: { proxy: { '/api': 'http://127.0.0.1:4400', '/health': 'http://127.0.0.1:4400' } },
})
