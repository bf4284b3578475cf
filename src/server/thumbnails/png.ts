import { promisify } from 'node:util'
import { crc32, deflate } from 'node:zlib'

const compress = promisify(deflate)

const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)

/** How a line is told from the one above it: by the difference, which of drawn pages is mostly nothing. */
const UP = 2

/**
 * A picture as PNG.
 *
 * @param pixels four bytes each: red, green, blue, and one that is not looked at.
 * @see https://www.w3.org/TR/png-3/
 */
export async function pngOf(
  width: number,
  height: number,
  pixels: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  // Eight bits for each of red, green and blue.
  header.set([8, 2, 0, 0, 0], 8)
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', await compress(linesOf(width, height, pixels))),
    chunk('IEND', new Uint8Array()),
  ])
}

function linesOf(width: number, height: number, pixels: Uint8Array): Uint8Array {
  const length = 1 + width * 3
  const lines = new Uint8Array(length * height)
  const at = (x: number, y: number, colour: number) =>
    y < 0 ? 0 : (pixels[(y * width + x) * 4 + colour] ?? 0)
  for (let y = 0; y < height; y++) {
    lines[y * length] = UP
    for (let x = 0; x < width; x++)
      for (let colour = 0; colour < 3; colour++)
        lines[y * length + 1 + x * 3 + colour] = at(x, y, colour) - at(x, y - 1, colour)
  }
  return lines
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const whole = Buffer.alloc(data.length + 12)
  whole.writeUInt32BE(data.length, 0)
  whole.write(type, 4, 'latin1')
  whole.set(data, 8)
  whole.writeUInt32BE(crc32(whole.subarray(4, -4)), data.length + 8)
  return whole
}
