import { readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { mimeTypeOf } from '../protocol/mime-types.js'

/** One page's script, styles and everything they load later, as Vite built them. */
export interface PageAssets {
  /** Paths below the page's base address. */
  readonly script: string
  readonly styles: readonly string[]
  /** What the script imports at once: browsers that are told so fetch all of it together. */
  readonly preloads: readonly string[]
  /** The file at such a path; null when it is not one of this page's. */
  respond(path: string, request: Request): Response | null
}

interface ManifestEntry {
  readonly file: string
  readonly css?: readonly string[]
  readonly imports?: readonly string[]
  readonly dynamicImports?: readonly string[]
}

/**
 * Reads the browser code of one page into memory. The names carry a hash of the content, so browsers may keep the files for ever.
 *
 * @param folder what `vite build` wrote
 * @param entry the page's source file, as the manifest names it
 * @throws Error when the folder has not been built
 */
export function loadPageAssets(folder: string, entry: string): PageAssets {
  const manifest = readManifest(folder)
  const main = manifest[entry]
  if (!main)
    throw new Error(`The browser code in ${folder} has no page "${entry}". Build it again: npm run build.`)

  const files = new Map<string, { bytes: Uint8Array<ArrayBuffer>; gzipped?: Uint8Array<ArrayBuffer> }>()
  const styles = new Set<string>()
  const preloads = new Set<string>()
  const visited = new Set<string>()
  const visit = (key: string, atOnce: boolean) => {
    const chunk = manifest[key]
    if (!chunk || visited.has(key)) return
    visited.add(key)
    for (const file of [chunk.file, ...(chunk.css ?? [])])
      files.set(file, { bytes: new Uint8Array(readFileSync(join(folder, file))) })
    if (atOnce) {
      for (const file of chunk.css ?? []) styles.add(file)
      if (chunk !== main) preloads.add(chunk.file)
    }
    for (const next of chunk.imports ?? []) visit(next, atOnce)
    for (const next of chunk.dynamicImports ?? []) visit(next, false)
  }
  visit(entry, true)

  return {
    script: main.file,
    styles: [...styles],
    preloads: [...preloads],
    respond(path, request) {
      const file = files.get(path)
      if (!file) return null
      const headers = {
        'Content-Type': `${mimeTypeOf(extname(path)) ?? 'application/octet-stream'}; charset=utf-8`,
        'Cache-Control': 'public, max-age=31536000, immutable',
        'X-Content-Type-Options': 'nosniff',
        Vary: 'Accept-Encoding',
      }
      if (!/\bgzip\b/.test(request.headers.get('accept-encoding') ?? '')) {
        return new Response(file.bytes, {
          headers: { ...headers, 'Content-Length': String(file.bytes.length) },
        })
      }
      file.gzipped ??= new Uint8Array(gzipSync(file.bytes))
      return new Response(file.gzipped, {
        headers: { ...headers, 'Content-Encoding': 'gzip', 'Content-Length': String(file.gzipped.length) },
      })
    },
  }
}

function readManifest(folder: string): Readonly<Record<string, ManifestEntry>> {
  try {
    return JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'))
  } catch (cause) {
    throw new Error(
      `The browser code is not built: ${join(folder, 'manifest.json')} cannot be read. Run npm run build.`,
      {
        cause,
      },
    )
  }
}
