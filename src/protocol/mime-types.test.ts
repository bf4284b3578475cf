import { describe, expect, it } from 'vitest'
import { mimeTypeOf } from './mime-types.js'

describe('mimeTypeOf', () => {
  it.each([
    ['docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
    ['xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
    ['pptx', 'application/vnd.openxmlformats-officedocument.presentationml.presentation'],
    ['odt', 'application/vnd.oasis.opendocument.text'],
    ['doc', 'application/msword'],
    ['txt', 'text/plain'],
    ['png', 'image/png'],
    ['pdf', 'application/pdf'],
  ])('knows %s', (extension, type) => {
    expect(mimeTypeOf(extension)).toBe(type)
  })

  it('reads an extension in either case, with or without its dot', () => {
    expect(mimeTypeOf('.PDF')).toBe('application/pdf')
  })

  it.each(['', '.', 'unheard-of', 'constructor', '__proto__'])('knows nothing of %j', (extension) => {
    expect(mimeTypeOf(extension)).toBeNull()
  })
})
