import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeUtf7, encodeUtf7 } from './utf7.js'

const wellFormedText = fc.string({ unit: 'binary' })
/** Dense in the characters that steer the decoder. */
const nearlyUtf7 = fc
  .array(fc.constantFrom('+', '-', 'A', 'O', 'k', 'D', '2', '3', '/', '.', ' ', '9', 'é'))
  .map((characters) => characters.join(''))

describe('decodeUtf7', () => {
  it.each([
    ['report.docx', 'report.docx'],
    ['A+-B.docx', 'A+B.docx'],
    ['a+AF8-b.docx', 'a_b.docx'],
    ['a_b.docx', 'a_b.docx'],
    ['my+ACA-file.docx', 'my file.docx'],
    ['R+AOk-sum+AOk-.docx', 'Résumé.docx'],
    ['R+AOk-sum+AOk.docx', 'Résumé.docx'],
    ['+YqVUSg-.docx', '报告.docx'],
    ['+XnRepgAgYqVUSgAg-2026.xlsx', '年度 报告 2026.xlsx'],
    ['+BEQEMAQ5BDs-.pptx', 'файл.pptx'],
    ['+2D3eAA-.docx', '😀.docx'],
    ['+AKMAJiCs-.odt', '£&€.odt'],
    ['a+AH4-b+AFw-c.docx', 'a~b\\c.docx'],
    ['1 +- 1 = 2.xlsx', '1 + 1 = 2.xlsx'],
    ['1+ACAAKwAg-1+ACAAPQAg-2.xlsx', '1 + 1 = 2.xlsx'],
    ['+AMQA1gDc--+AN8-.docx', 'ÄÖÜ-ß.docx'],
    ['+AOk', 'é'],
    ['Hi Mom -+Jjo--!', 'Hi Mom -☺-!'],
    ['+ZeVnLIqe-', '日本語'],
    ['A+ImIDkQ.', 'A≢Α.'],
    ['+-', '+'],
    ['+--', '+-'],
    ['+AGE', 'a'],
    ['+ACE-', '!'],
    ['', ''],
  ])('reads %j as %j', (value, text) => {
    expect(decodeUtf7(value)).toBe(text)
  })

  it.each([
    ['Gr+APYA3w-e+ACAA6Q-t+AOkAIE9gWX0-', 'Größe été 你好'],
    ['Copy+ACAA/A-.docx', 'Copy ü.docx'],
  ])('reads %j as ONLYOFFICE sends it', (value, text) => {
    expect(decodeUtf7(value)).toBe(text)
  })

  it.each([
    ['+ANw-berblick +A6', 'Überblick '],
    ['x+2D3eA', 'x'],
    ['+A6', ''],
  ])('keeps the whole characters of %j, a name cut by Collabora', (value, text) => {
    expect(decodeUtf7(value)).toBe(text)
  })

  it.each([
    ['R+AOksum', 'left-over bits are not zero'],
    ['+2D0-', 'half a surrogate pair'],
    ['+2D0-+3gA-', 'a surrogate pair torn over two shifts'],
    ['+3gDYPQ-', 'a surrogate pair in the wrong order'],
    ['+2D0', 'half a pair at the end without the mark of a cut'],
    ['+A', 'too few bits for a character'],
    ['x+A6-', 'bits over in a closed shift'],
    ['x+A6.docx', 'bits over before the end of the text'],
    ['a+!b', 'a shift without base64'],
    ['a+', 'a shift that never begins'],
    ['+ACEA-', 'eight bits over'],
    ['+ACEA', 'eight bits over at the end'],
    ['café', 'raw Latin-1'],
    ['报告', 'raw characters'],
    ['\ud83d', 'raw half of a surrogate pair'],
  ])('refuses %j: %s', (value) => {
    expect(decodeUtf7(value)).toBeNull()
  })

  it('never throws, and what it accepts is well-formed', () => {
    const anyString = fc.oneof(
      fc.string({ unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)) }),
      nearlyUtf7,
    )
    fc.assert(
      fc.property(anyString, (value) => {
        const text = decodeUtf7(value)
        expect(text === null || !/\p{Surrogate}/u.test(text)).toBe(true)
      }),
    )
  })

  it('takes every ASCII text without a plus for itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii' }), (text) => {
        const plain = text.replaceAll('+', '')
        expect(decodeUtf7(plain)).toBe(plain)
      }),
    )
  })
})

describe('encodeUtf7', () => {
  it.each([
    ['report.docx', 'report.docx'],
    ['A+B.docx', 'A+-B.docx'],
    ['Résumé.docx', 'R+AOk-sum+AOk-.docx'],
    ['年度 报告 2026.xlsx', '+XnRepgAgYqVUSgAg-2026.xlsx'],
    ['😀.docx', '+2D3eAA-.docx'],
    ['a~b\\c.docx', 'a+AH4-b+AFw-c.docx'],
    ['a_b.docx', 'a+AF8-b.docx'],
    ["it's (1), ok-no: a/b?", "it's+ACA-(1),+ACA-ok-no:+ACA-a/b?"],
    ['ÄÖÜ-ß', '+AMQA1gDc--+AN8-'],
    ['', ''],
  ])('writes %j as %j', (text, value) => {
    expect(encodeUtf7(text)).toBe(value)
  })

  it('is read back unchanged, whatever the text', () => {
    fc.assert(
      fc.property(wellFormedText, (text) => {
        expect(decodeUtf7(encodeUtf7(text))).toBe(text)
      }),
    )
  })

  it('is fit for a header: printable ASCII without spaces', () => {
    fc.assert(
      fc.property(wellFormedText, (text) => {
        expect(encodeUtf7(text)).toMatch(/^[!-~]*$/)
      }),
    )
  })

  it('replaces half a surrogate pair, which could not be read back', () => {
    expect(decodeUtf7(encodeUtf7('a\ud83db'))).toBe('a\ufffdb')
  })
})
