import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  FILE_NAME_MAX_LENGTH,
  nameProblem,
  renamedName,
  repairName,
  splitName,
  suggestedName,
  uniqueNames,
} from './file-name.js'
import { encodeUtf7 } from './utf7.js'

const family = '👨‍👩‍👧‍👦'
const bytes = (text: string) => new TextEncoder().encode(text).length
const graphemesOf = (text: string) =>
  Array.from(new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text), ({ segment }) => segment)
const firstNames = (name: string, count: number) => {
  const names: string[] = []
  for (const next of uniqueNames(name)) if (names.push(next) === count) break
  return names
}

/** Any UTF-16 at all, half surrogate pairs and control characters included. */
const anyUnits = fc.string({ unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)) })
/** Dense in what the rules are about, and often too long. */
const awkward = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '.',
        '..',
        ' ',
        '/',
        '\\',
        '|',
        'con',
        'NUL',
        'lpt1',
        'COM¹',
        '~$',
        '\ufffd',
        '_',
        ' (1)',
        '.docx',
        '.tar.gz',
        family,
      ),
      fc.constantFrom(
        'e\u0301',
        '<\u0338',
        '\u0301',
        '\u202e',
        '\u0000',
        '\ud83d',
        '\ude00',
        '\u0958',
        '\u0600',
        'ö',
        '报',
        '🇨🇳',
        '\u200d',
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
      fc
        .tuple(fc.constantFrom('x', 'é', '报', '👍🏽', 'o\u0308\u0323', '.', ' '), fc.nat(300))
        .map(([unit, count]) => unit.repeat(count)),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''))
const anyName = fc.oneof(awkward, anyUnits, fc.string({ unit: 'binary' }))
const legalName = fc
  .oneof(
    awkward,
    fc.string({ unit: 'grapheme' }),
    fc.tuple(fc.string({ unit: 'grapheme' }), fc.constantFrom('.docx', '.x')).map((parts) => parts.join('')),
  )
  .filter((name) => nameProblem(name) === null)

describe('splitName', () => {
  it.each([
    ['report.docx', 'report', '.docx'],
    ['a.tar.gz', 'a.tar', '.gz'],
    ['README', 'README', ''],
    ['.profile', '.profile', ''],
    ['.profile.txt', '.profile', '.txt'],
    ['notes.', 'notes.', ''],
    ['', '', ''],
    ['.', '.', ''],
    ['报告.文档', '报告', '.文档'],
  ])('splits %j into %j and %j', (name, base, extension) => {
    expect(splitName(name)).toEqual({ base, extension })
  })

  it('loses nothing', () => {
    fc.assert(
      fc.property(anyName, (name) => {
        const { base, extension } = splitName(name)
        expect(base + extension).toBe(name)
      }),
    )
  })
})

describe('nameProblem', () => {
  it.each([
    'report.docx',
    'a_b-c (1) #2 & more, 100%.docx',
    'Résumé 年度 报告 файл 😀.xlsx',
    'README',
    'a..docx',
    'a .docx',
    'e\u0301.docx',
    '<\u0338.txt',
    'console.log',
    'com10.txt',
    '~report$.docx',
    '$~report.docx',
    'com.txt',
    'icon',
    'x'.repeat(250),
    `${'x'.repeat(250)}.docx`,
    `${'报'.repeat(83)}.txt`,
    `a.${'x'.repeat(253)}`,
  ])('finds nothing wrong with %j', (name) => {
    expect(nameProblem(name)).toBeNull()
  })

  it.each([
    ['', 'empty'],
    ['.', 'starts with a dot'],
    ['..', 'starts with a dot'],
    ['.docx', 'starts with a dot'],
    ['a/b.docx', 'character /'],
    ['a\\b', 'character \\'],
    ['C:x', 'character :'],
    ['a*', 'character *'],
    ['a?', 'character ?'],
    ['a"b', 'character "'],
    ['a<b', 'character <'],
    ['a>b', 'character >'],
    ['a|b', 'character |'],
    ['a\u0000b', 'U+0000'],
    ['a\nb', 'U+000A'],
    ['a\u007f', 'U+007F'],
    ['a\u0085b', 'U+0085'],
    ['invoice\u202excod.exe', 'U+202E'],
    ['a\u2066b', 'U+2066'],
    ['a\ufffe', 'U+FFFE'],
    ['a\uffff', 'U+FFFF'],
    ['a\ufffdb', 'U+FFFD'],
    ['~$report.docx', 'office programs'],
    ['a\ud83d.txt', 'U+D83D'],
    [' a.docx', 'starts with a space'],
    ['a.docx ', 'ends with a space'],
    ['a.docx.', 'ends with a dot'],
    ['CON', 'device'],
    ['nul.docx', 'device'],
    ['Com1.tar.gz', 'device'],
    ['lpt9 .txt', 'device'],
    ['COM¹.txt', 'device'],
    ['x'.repeat(251), '251 characters'],
    [`${'x'.repeat(250)}.pages`, '256 bytes'],
    [`${'报'.repeat(84)}.docx`, '257 bytes'],
    ['\u0958'.repeat(43), '258 bytes'],
  ])('says what is wrong with %j', (name, problem) => {
    expect(nameProblem(name)).toContain(problem)
  })

  it('answers in one short line of printable ASCII', () => {
    fc.assert(
      fc.property(anyName, (name) => {
        expect(nameProblem(name) ?? 'fine').toMatch(/^[ -~]{1,160}$/)
      }),
    )
  })
})

describe('repairName', () => {
  it.each([
    ['a/b\\c:d.docx', 'a_b_c_d.docx'],
    ['../../etc/passwd', '_.._etc_passwd'],
    ['  report.docx  ', 'report.docx'],
    ['report.docx...', 'report.docx'],
    ['in\u202evoice\u0007.docx', 'invoice.docx'],
    ['a\ud83d.txt', 'a.txt'],
    ['e\u0301.docx', 'é.docx'],
    ['e\u0000\u0301.docx', 'é.docx'],
    ['con.docx', 'con_.docx'],
    ['Con.tar.gz', 'Con_.tar.gz'],
    ['NUL', 'NUL_'],
    ['aux .txt', 'aux_ .txt'],
    ['???.docx', '___.docx'],
    ['.docx', 'document.docx'],
    [' .docx', 'document.docx'],
    ['', 'document'],
    ['..', 'document'],
    ['\u0000', 'document'],
    ['.env.local', 'env.local'],
    ['~$report.docx', '_$report.docx'],
    ['~\ufffd$report.docx', '_$report.docx'],
  ])('makes %j into %j', (name, repaired) => {
    expect(repairName(name)).toBe(repaired)
  })

  it.each([
    ['', 'Plan', 'Plan'],
    ['.pdf', 'Plan', 'Plan.pdf'],
    ['\u0001.pdf', '.Pl/an', 'Pl_an.pdf'],
    ['.pdf', '...', 'document.pdf'],
    ['.pdf', 'nul', 'nul_.pdf'],
  ])('falls back for %j on %j', (name, fallbackBase, repaired) => {
    expect(repairName(name, fallbackBase)).toBe(repaired)
  })

  it('cuts the base of a long name and keeps the extension', () => {
    expect(repairName(`${'x'.repeat(300)}.docx`)).toBe(`${'x'.repeat(250)}.docx`)
    expect(repairName(`${'报'.repeat(300)}.docx`)).toBe(`${'报'.repeat(83)}.docx`)
  })

  it('never cuts a character as a reader sees it', () => {
    expect(repairName(`${'x'.repeat(248)}${family}.docx`)).toBe(`${'x'.repeat(248)}.docx`)
    expect(repairName(`${'q\u0323\u0307'.repeat(100)}.docx`)).toBe(`${'q\u0323\u0307'.repeat(50)}.docx`)
  })

  it('leaves no space or dot where it cut', () => {
    expect(repairName(`${'x'.repeat(249)} . yyy.docx`)).toBe(`${'x'.repeat(249)}.docx`)
  })

  it('cuts an extension that is no extension', () => {
    expect(repairName(`Dear Sir. ${'blah '.repeat(100)}`)).toBe(`Dear Sir. ${'blah '.repeat(48)}`.trimEnd())
    expect(repairName(`a.${'x'.repeat(300)}`)).toBe(`a.${'x'.repeat(248)}`)
    expect(repairName(`con.${'x'.repeat(300)}`)).toBe(`con_.${'x'.repeat(245)}`)
  })

  it('gives up a single character that is longer than a name may be', () => {
    expect(repairName(`z${'\u0323'.repeat(300)}.docx`)).toBe('document.docx')
  })

  it('does not uncover a device name by cutting', () => {
    expect(repairName(`nul.z${'\u0323'.repeat(300)}.docx`)).toBe('nul_.docx')
    expect(repairName(`nulz${'\u0323'.repeat(300)}.docx`)).toBe('nul_.docx')
  })

  it('is always legal and in NFC, whatever came in', () => {
    fc.assert(
      fc.property(anyName, fc.option(anyName, { nil: undefined }), (name, fallbackBase) => {
        const repaired = repairName(name, fallbackBase)
        expect(nameProblem(repaired)).toBeNull()
        expect(repaired.normalize('NFC')).toBe(repaired)
      }),
      { numRuns: 1000 },
    )
  })

  it('keeps a legal name, and its own work', () => {
    fc.assert(
      fc.property(legalName, anyName, (legal, any) => {
        expect(repairName(legal)).toBe(legal.normalize('NFC'))
        expect(repairName(repairName(any))).toBe(repairName(any))
      }),
    )
  })

  it('cuts a long text between characters, however they are composed', () => {
    const letters = fc.constantFrom(
      'a',
      '报',
      'é',
      'q\u0323\u0307',
      '👍🏽',
      '🇨🇳',
      family,
      '각',
      '\u1100\u1161',
      'नि',
    )
    fc.assert(
      fc.property(fc.array(letters, { minLength: 90, maxLength: 300 }), (parts) => {
        const base = parts.join('').normalize('NFC')
        const repaired = splitName(repairName(`${base}.docx`)).base
        expect(graphemesOf(base).slice(0, graphemesOf(repaired).length).join('')).toBe(repaired)
        const next = graphemesOf(base)[graphemesOf(repaired).length]
        const fits = next === undefined || nameProblem(`${repaired}${next}.docx`) !== null
        expect(fits, 'as much is kept as fits').toBe(true)
      }),
    )
  })

  it('copes with a text of any size', () => {
    expect(repairName(`a${' '.repeat(1_000_000)}b`)).toBe('a')
    expect(repairName(`${'.'.repeat(1_000_000)}b`)).toBe('document.b')
  })
})

describe('uniqueNames', () => {
  it('counts up before the extension', () => {
    expect(firstNames('report.docx', 3)).toEqual(['report.docx', 'report (1).docx', 'report (2).docx'])
    expect(firstNames('README', 2)).toEqual(['README', 'README (1)'])
    expect(firstNames('a.tar.gz', 2)).toEqual(['a.tar.gz', 'a.tar (1).gz'])
  })

  it('cuts the base, never number or extension', () => {
    const [, first, second] = firstNames(`${'x'.repeat(250)}.docx`, 3)
    expect(first).toBe(`${'x'.repeat(246)} (1).docx`)
    expect(second).toBe(`${'x'.repeat(246)} (2).docx`)
    expect(firstNames(`${'x'.repeat(250)}.docx`, 12).at(-1)).toBe(`${'x'.repeat(245)} (11).docx`)
    expect(firstNames(`${'报'.repeat(83)}.docx`, 2).at(-1)).toBe(`${'报'.repeat(82)} (1).docx`)
  })

  it('does not offer the same name twice when the name ends in a number already', () => {
    const name = `${'x'.repeat(246)} (1).docx`
    expect(firstNames(name, 2)).toEqual([name, `${'x'.repeat(246)} (2).docx`])
  })

  it('gives legal names, all different, with number and extension', () => {
    fc.assert(
      fc.property(legalName, (name) => {
        const names = firstNames(name, 12)
        expect(names[0]).toBe(name.normalize('NFC'))
        expect(new Set(names).size).toBe(12)
        const { extension } = splitName(names[0] ?? '')
        for (const [index, next] of names.entries()) {
          expect(nameProblem(next)).toBeNull()
          expect(index === 0 || / \(\d+\)/.test(next)).toBe(true)
          if (bytes(extension) <= 64) expect(next.endsWith(extension)).toBe(true)
        }
      }),
    )
  })

  it('begins with the repaired name when the name is not legal', () => {
    expect(firstNames('a/b.docx', 2)).toEqual(['a_b.docx', 'a_b (1).docx'])
  })
})

describe('suggestedName', () => {
  it.each([
    ['.docx', 'report.doc', 'report.docx'],
    ['.docx', 'a.b.doc', 'a.b.docx'],
    ['.docx', 'README', 'README.docx'],
    ['.tar.gz', 'report.doc', 'report.tar.gz'],
    ['.docx ', 'report.doc', 'report.docx'],
    ['.+ZYdoYw-', 'report.doc', 'report.文档'],
  ])('takes %j for an extension: beside %j it makes %j', (target, source, name) => {
    expect(suggestedName(target, source)).toBe(name)
  })

  it.each(['.', '..', '.do/cx', '.do+AAA-cx', '.docx.', `.${'x'.repeat(300)}`])(
    "uses the source's extension when %j is no legal one",
    (target) => {
      expect(suggestedName(target, 'report.doc')).toBe('report.doc')
    },
  )

  it.each([
    ['Copy+ACAA/A-.docx', 'Copy ü.docx'],
    ['+YqVUSg-.docx', '报告.docx'],
    ['a_b.docx', 'a_b.docx'],
    ['README', 'README'],
    ['a+AFw-b.docx', 'a_b.docx'],
    ['nul.docx', 'nul_.docx'],
    ['+ANw-berblick +A6', 'Überblick'],
  ])('takes %j for a complete name: %j', (target, name) => {
    expect(suggestedName(target, 'source.odt')).toBe(name)
  })

  it.each(['+A6', ' ', '+AAE-', ''])("uses the source's name when %j leaves nothing", (target) => {
    expect(suggestedName(target, 'source.odt')).toBe('source.odt')
  })

  it.each([
    ['a+!b', 'source.odt'],
    ['+2D0-.pdf', 'source.pdf'],
    ['caf\u00e9.docx', 'source.docx'],
    ['a+!b.pd+AGY-', 'source.odt'],
  ])('of %j, which is not UTF-7, keeps what it can: %j', (target, name) => {
    expect(suggestedName(target, 'source.odt')).toBe(name)
  })

  it('is always legal, whatever the header and the source', () => {
    const target = fc.oneof(anyName, anyName.map(encodeUtf7))
    fc.assert(
      fc.property(target, anyName, (header, source) => {
        expect(nameProblem(suggestedName(header, source))).toBeNull()
      }),
      { numRuns: 500 },
    )
  })

  it('never changes a legal name', () => {
    fc.assert(
      fc.property(legalName, (name) => {
        expect(suggestedName(encodeUtf7(name), 'source.odt')).toBe(name.normalize('NFC'))
      }),
    )
  })
})

describe('renamedName', () => {
  it.each([
    ['new', 'old.docx', 'new.docx'],
    ['+YqVUSg-', 'old.docx', '报告.docx'],
    ['v1.2', 'old.docx', 'v1.2.docx'],
    ['new', 'README', 'new'],
    ['new.docx', 'old.docx', 'new.docx'],
    ['New.DOCX', 'old.docx', 'New.docx'],
    ['new.docx.docx', 'old.docx', 'new.docx.docx'],
    ['new.pdf', 'old.docx', 'new.pdf.docx'],
    [' new ', 'old.docx', 'new.docx'],
    ['+ANw-berblick +A6', 'old.docx', 'Überblick.docx'],
    ['a/b', 'old.docx', 'a_b.docx'],
    ['a+AAE-b', 'old.docx', 'ab.docx'],
    ['.hidden', 'old.docx', 'hidden.docx'],
    ['.hidden', 'README', 'hidden'],
    ['con', 'old.docx', 'con_.docx'],
    ['Dr.', 'old.docx', 'Dr..docx'],
    ['Dr.', 'README', 'Dr'],
    ['~$new', 'old.docx', '_$new.docx'],
    ['docx', 'old.docx', 'docx.docx'],
    ['x'.repeat(300), 'old.docx', `${'x'.repeat(250)}.docx`],
  ])('makes of %j for %j the name %j', (requested, current, name) => {
    expect(renamedName(requested, current)).toEqual({ name })
  })

  it.each([
    ['a+!b', 'not valid UTF-7'],
    ['caf\u00e9', 'not valid UTF-7'],
    ['', 'is empty'],
    ['   ', 'is empty'],
    ['+A6', 'is empty'],
    ['+AAE-', 'is empty'],
    ['.docx', 'is empty'],
    ['...', 'no character'],
    ['/\\:*', 'no character'],
    ['?. ?', 'no character'],
  ])('refuses %j: %s', (requested, problem) => {
    expect(renamedName(requested, 'old.docx')).toEqual({ problem: expect.stringContaining(problem) })
  })

  it('gives a legal name with the present extension, or a problem fit for a header', () => {
    const header = fc.oneof(anyName, anyName.map(encodeUtf7))
    fc.assert(
      fc.property(header, (requested) => {
        const result = renamedName(requested, 'old.docx')
        if ('problem' in result) expect(result.problem).toMatch(/^[ -~]{1,160}$/)
        else {
          expect(nameProblem(result.name)).toBeNull()
          expect(result.name.endsWith('.docx')).toBe(true)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('is legal for a file that another program gave a name we would not', () => {
    fc.assert(
      fc.property(anyName, (current) => {
        const result = renamedName('new', current)
        expect('name' in result && nameProblem(result.name)).toBeNull()
      }),
    )
  })

  it('takes a legal base exactly as asked', () => {
    fc.assert(
      fc.property(
        legalName.filter(
          (name) => nameProblem(`${name}.docx`) === null && !name.toLowerCase().endsWith('.docx'),
        ),
        (base) => {
          expect(renamedName(encodeUtf7(base), 'old.docx')).toEqual({ name: `${base.normalize('NFC')}.docx` })
        },
      ),
    )
  })
})

it('announces the length that is enforced', () => {
  expect(nameProblem('x'.repeat(FILE_NAME_MAX_LENGTH))).toBeNull()
  expect(nameProblem('x'.repeat(FILE_NAME_MAX_LENGTH + 1))).not.toBeNull()
})
