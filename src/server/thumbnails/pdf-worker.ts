import { parentPort } from 'node:worker_threads'
import { PDFiumLibrary } from '@hyzyla/pdfium'
import { pngOf } from './png.js'

/*
 * Draws first pages of PDF documents, in a thread of its own, so that it can be stopped. What reads the document is WebAssembly: it can touch
 * nothing but its own memory, however the document was made.
 */

/** A document that needs more to be drawn is not drawn. */
const MAX_MEMORY_BYTES = 256 * 1024 * 1024
const PAGE_BYTES = 64 * 1024

/** Pixels of the longer side. */
const SIZE = 480

declare const WebAssembly: { Memory: { prototype: Memory } }

interface Memory {
  readonly buffer: ArrayBuffer
  grow(pages: number): number
}

// The module itself would take 2 GiB. This changes nothing outside this thread.
const { grow } = WebAssembly.Memory.prototype
WebAssembly.Memory.prototype.grow = function (this: Memory, pages: number) {
  if (this.buffer.byteLength + pages * PAGE_BYTES > MAX_MEMORY_BYTES)
    throw new RangeError('The document needs too much memory.')
  return grow.call(this, pages)
}

const library = await PDFiumLibrary.init()
parentPort?.on('message', async (bytes: Uint8Array) => parentPort?.postMessage(await firstPage(bytes)))

/** Whatever goes wrong ends the thread: nobody knows what state the module is in then. */
async function firstPage(bytes: Uint8Array): Promise<Uint8Array> {
  const document = await library.loadDocument(bytes)
  try {
    const page = document.getPage(0)
    const { originalWidth, originalHeight } = page.getOriginalSize()
    const scale = SIZE / Math.max(originalWidth, originalHeight, 1)
    const { width, height, data } = await page.render({
      render: 'bitmap',
      width: Math.max(1, Math.round(originalWidth * scale)),
      height: Math.max(1, Math.round(originalHeight * scale)),
    })
    return await pngOf(width, height, data)
  } finally {
    document.destroy()
  }
}
