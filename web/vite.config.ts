import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

/** The scripts of the pages, by the name their built files get. */
const pages = {
  'host-page': 'host-page/main.ts',
  library: 'library/main.tsx',
  'text-editor': 'text-editor/main.tsx',
}

const inThisFolder = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/**
 * The code that runs in browsers. Pages are written by the server, which finds the built files by the manifest; so every entry is a
 * script, nothing is inline, and relative addresses let the pages live below any path.
 */
export default defineConfig({
  root: inThisFolder('.'),
  base: './',
  publicDir: false,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    manifest: 'manifest.json',
    modulePreload: { polyfill: false },
    // An asset inside the script would need `data:` in the pages' content security policy.
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: Object.fromEntries(Object.entries(pages).map(([name, entry]) => [name, inThisFolder(entry)])),
    },
  },
})
