import { fileURLToPath } from 'node:url'

/** Where the built browser code is, from the sources as from `dist`. */
export const webAssets = fileURLToPath(new URL('../../dist/web', import.meta.url))
