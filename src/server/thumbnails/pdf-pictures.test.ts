import { unzlibSync } from 'fflate'
import { afterEach, describe, expect, it } from 'vitest'
import { createPdfPictures, type PdfPictures, type Png } from './pdf-pictures.js'

const { signal } = new AbortController()
let pictures: PdfPictures

afterEach(() => pictures.close())

const draw = (content: string, key = content) =>
  pictures.picture(key, async () => Buffer.from(content, 'latin1'), signal)

/** A document with one page; readers find its parts without the table that should stand at its end. */
function pdf(drawing: string, { box = '0 0 200 100', more = '', resources = '' } = {}): string {
  return `%PDF-1.4
1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj
2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj
3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[${box}]/Contents 4 0 R/Resources<<${resources}>>>> endobj
4 0 obj <</Length ${drawing.length}>>stream
${drawing}
endstream endobj
${more}
trailer <</Root 1 0 R>>
%%EOF`
}

/** Width, height, and the first pixel of a PNG as this server writes them. */
function look(png: Png | null) {
  const bytes = Buffer.from(png ?? [])
  expect(bytes.subarray(1, 4).toString()).toBe('PNG')
  const data = bytes.subarray(41, 41 + bytes.readUInt32BE(33))
  const lines = unzlibSync(data)
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20), first: [...lines.subarray(1, 4)] }
}

describe('the first page', () => {
  it('is drawn in its colours and proportions', async () => {
    pictures = createPdfPictures()
    expect(look(await draw(pdf('1 0 0 rg 0 0 200 100 re f')))).toEqual({
      width: 480,
      height: 240,
      first: [255, 0, 0],
    })
    expect(look(await draw(pdf('', { box: '0 0 100 400' })))).toEqual({
      width: 120,
      height: 480,
      first: [255, 255, 255],
    })
  })

  it('is drawn once for each version', async () => {
    pictures = createPdfPictures()
    const first = await draw(pdf('0 1 0 rg 0 0 200 100 re f'), 'file-1')
    expect(await draw('not looked at', 'file-1')).toBe(first)
    expect(look(await draw(pdf(''), 'file-2')).first).toEqual([255, 255, 255])
  })

  it('is not drawn for somebody who has gone', async () => {
    pictures = createPdfPictures()
    const read = async () => Buffer.from(pdf(''))
    expect(await pictures.picture('x', read, AbortSignal.abort())).toBeNull()
    expect(await pictures.picture('x', read, signal)).not.toBeNull()
  })
})

describe('there is no picture, and those after it are drawn all the same,', () => {
  afterEach(async () => {
    expect(look(await draw(pdf(''))).width).toBe(480)
  })

  it('of what is no PDF', async () => {
    pictures = createPdfPictures()
    expect(await draw('')).toBeNull()
    expect(await draw('%PDF-1.4\nnonsense')).toBeNull()
    expect(await draw('\u0000'.repeat(100_000))).toBeNull()
  })

  it('of one that needs more memory than it is given', async () => {
    pictures = createPdfPictures()
    // Each form shows the next one ten times.
    const form = (number: number, inside: string, resources: string) =>
      `${number} 0 obj <</Type/XObject/Subtype/Form/BBox[0 0 600 800]/Resources<<${resources}>>/Length ${inside.length}>>stream\n${inside}\nendstream endobj`
    const forms = Array.from({ length: 8 }, (_, index) =>
      form(index + 5, '/F Do '.repeat(10), `/XObject<</F ${index + 6} 0 R>>`),
    )
    const more = [...forms, form(13, '0 0 600 800 re f', '')].join('\n')
    const greedy = pdf('/F Do', { more, resources: '/XObject<</F 5 0 R>>' })
    expect(await draw(greedy)).toBeNull()
  })
})

it('gives up on a page that takes too long', async () => {
  pictures = createPdfPictures({ maxMs: 0 })
  expect(await draw(pdf(''))).toBeNull()
})
