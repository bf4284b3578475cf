import { strFromU8, unzipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { blankDocument } from './blank-documents.js'
import type { Language } from './locale.js'
import { sampleFiles } from './sample-files.js'

const officeExtensions = ['docx', 'xlsx', 'pptx']
const openDocumentKinds = new Map([
  ['odt', 'text'],
  ['ods', 'spreadsheet'],
  ['odp', 'presentation'],
])
const languages: readonly Language[] = ['en', 'zh-CN']

interface ProducedFile {
  readonly name: string
  readonly extension: string
  readonly make: () => Uint8Array
}

function blanks(extension: string): readonly ProducedFile[] {
  return languages.map((language) => ({
    name: `blank ${extension} in ${language}`,
    extension,
    make: () => blankDocument(extension, language) ?? new Uint8Array(),
  }))
}

function samples(): readonly ProducedFile[] {
  return sampleFiles().map(({ path }) => ({
    name: path,
    extension: path.slice(path.lastIndexOf('.') + 1),
    make: () => sampleFiles().find((file) => file.path === path)?.content ?? new Uint8Array(),
  }))
}

const zipped = [...officeExtensions, ...openDocumentKinds.keys()].flatMap(blanks).concat(samples())
const officeFiles = zipped.filter(({ extension }) => officeExtensions.includes(extension))
const openDocuments = zipped.filter(({ extension }) => openDocumentKinds.has(extension))

describe.each([...officeFiles, ...openDocuments])('$name', ({ make }) => {
  test('consists of well-formed XML', () => {
    for (const [path, text] of xmlParts(make())) expect(xmlFault(text), path).toBeNull()
  })

  test('is the same bytes every time and in every time zone', () => {
    const zone = process.env.TZ
    const [first, ...others] = ['UTC', 'Asia/Shanghai', 'America/New_York'].map((name) => {
      process.env.TZ = name
      return make()
    })
    if (zone === undefined) delete process.env.TZ
    else process.env.TZ = zone
    expect(others).toEqual([first, first])
    // Bytes 10 to 13 of a zip entry: 00:00 on 1 January 1980.
    expect([...(first ?? []).slice(10, 14)]).toEqual([0, 0, 0x21, 0])
  })
})

describe.each(officeFiles)('$name as an Office Open XML package', ({ make }) => {
  const parts = new Map(xmlParts(make()))
  const relations = [...parts.keys()].filter((path) => path.endsWith('.rels')).flatMap(relationsIn)

  function relationsIn(path: string) {
    const source = path.replace(/_rels\/([^/]*)\.rels$/, '$1')
    return elements(parts.get(path), 'Relationship').map(({ Id, Target }) => ({
      source,
      id: Id,
      target: new URL(Target ?? '', `zip:///${source}`).pathname.slice(1),
    }))
  }

  test('has a content type of its own for every part', () => {
    const list = parts.get('[Content_Types].xml')
    const overrides = elements(list, 'Override').map(({ PartName }) => PartName)
    const named = [...parts.keys()].filter(
      (path) => path !== '[Content_Types].xml' && !path.endsWith('.rels'),
    )
    expect(overrides).toHaveLength(named.length)
    expect(new Set(overrides)).toEqual(new Set(named.map((path) => `/${path}`)))
    expect(elements(list, 'Default').map(({ Extension }) => Extension)).toContain('rels')
  })

  test('relates only parts that exist, and reaches every part', () => {
    const reached = new Set([''])
    for (const from of reached) {
      for (const { source, target } of relations) if (source === from) reached.add(target)
    }
    const named = [...parts.keys()].filter(
      (path) => path !== '[Content_Types].xml' && !path.endsWith('.rels'),
    )
    expect(reached).toEqual(new Set(['', ...named]))
  })

  test('uses only relationship ids that its part declares', () => {
    for (const [path, text] of parts) {
      const declared = relations.filter(({ source }) => source === path).map(({ id }) => id)
      const used = [...text.matchAll(/ r:(?:id|embed)="([^"]*)"/g)].map(([, id]) => id)
      expect(declared, path).toEqual(expect.arrayContaining(used))
      expect(new Set(declared).size, path).toBe(declared.length)
    }
  })

  test('numbers the shapes of each slide without repeating an id', () => {
    for (const [path, text] of parts) {
      const ids = elements(text, 'p:cNvPr').map(({ id }) => id)
      expect(new Set(ids).size, path).toBe(ids.length)
    }
  })
})

describe.each(openDocuments)('$name as an OpenDocument package', ({ extension, make }) => {
  const bytes = make()
  const mediaType = `application/vnd.oasis.opendocument.${openDocumentKinds.get(extension)}`

  test('is recognised by its first bytes: the media type, stored, with nothing between', () => {
    const header = new DataView(bytes.buffer, bytes.byteOffset)
    expect(header.getUint16(8, true), 'compression method').toBe(0)
    expect(header.getUint16(28, true), 'extra field').toBe(0)
    expect(strFromU8(bytes.slice(30, 38 + mediaType.length))).toBe(`mimetype${mediaType}`)
  })

  test('lists every file in its manifest', () => {
    const files = Object.keys(unzipSync(bytes))
    const entries = elements(new Map(xmlParts(bytes)).get('META-INF/manifest.xml'), 'manifest:file-entry')
    const listed = entries.map((entry) => entry['manifest:full-path'])
    expect(listed).toEqual(['/', ...files.filter((path) => !/^(mimetype|META-INF\/)/.test(path))])
    expect(entries[0]?.['manifest:media-type']).toBe(mediaType)
  })

  test('uses only styles that it defines', () => {
    const texts = xmlParts(bytes).map(([, text]) => text)
    const attributes = (name: string) =>
      texts.flatMap((text) =>
        [...text.matchAll(new RegExp(` ${name}="([^"]*)"`, 'g'))].map(([, value]) => value),
      )
    const used = attributes('(?:text|table|draw|presentation|style):[a-z-]*style-name')
    const usedLayouts = attributes('(?:style:page-layout|draw:master-page|style:master-page)-name')
    expect(attributes('style:name')).toEqual(expect.arrayContaining([...used, ...usedLayouts]))
  })
})

test('the budget shows right sums in a viewer that does not calculate', () => {
  const budget = sampleFiles().find(({ path }) => path === 'Budget.xlsx')
  const sheet = new Map(xmlParts(budget?.content ?? new Uint8Array())).get('xl/worksheets/sheet1.xml') ?? ''
  const value = (cell: string) =>
    Number(new RegExp(`<c r="${cell}"[^>]*>(?:<f>[^<]*</f>)?<v>([^<]*)</v>`).exec(sheet)?.[1])
  const formulas = [...sheet.matchAll(/<c r="([A-Z]+\d+)"[^>]*><f>([^<]*)<\/f>/g)]
  expect(formulas.map(([, , formula]) => formula)).toContain('SUM(B3:B8)')
  for (const [, cell = '', formula = ''] of formulas) {
    const [, column, first, last] = /^SUM\(([A-Z])(\d+):\1(\d+)\)$/.exec(formula) ?? []
    const [, minuend, subtrahend] = /^([A-Z]\d+)-([A-Z]\d+)$/.exec(formula) ?? []
    let expected = minuend && subtrahend ? value(minuend) - value(subtrahend) : 0
    for (let row = Number(first); row <= Number(last); row++) expected += value(`${column}${row}`)
    expect(value(cell), `${cell} = ${formula}`).toBeCloseTo(expected, 6)
  }
})

test('the Chinese samples carry their text', () => {
  const minutes = sampleFiles().find(({ path }) => path === '中文/会议纪要.docx')
  const body = new Map(xmlParts(minutes?.content ?? new Uint8Array())).get('word/document.xml')
  expect(body).toContain('榆树街社区花园</w:t><w:br/>')
})

function xmlParts(bytes: Uint8Array): [path: string, text: string][] {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  return Object.entries(unzipSync(bytes))
    .filter(([path]) => path !== 'mimetype')
    .map(([path, content]) => [path, decoder.decode(content)])
}

/** The attributes of every element of that name. */
function elements(text: string | undefined, name: string): Partial<Record<string, string>>[] {
  return [...(text ?? '').matchAll(new RegExp(`<${name}( [^>]*?)?/?>`, 'g'))].map(([, attributes = '']) =>
    Object.fromEntries(
      [...attributes.matchAll(/([\w:]+(?:-[\w]+)*)="([^"]*)"/g)].map(([, key, value]) => [key, value]),
    ),
  )
}

/** What keeps a text from being well-formed XML with namespaces, or `null`: strict, for the XML that we write. */
function xmlFault(text: string): string | null {
  const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
  if (!text.startsWith(declaration)) return 'no XML declaration'
  const name = '[A-Za-z_][\\w.-]*(?::[A-Za-z_][\\w.-]*)?'
  const content = '(?:[^<>&"]|&(?:amp|lt|gt|quot);)*'
  const token = new RegExp(`<(/?)(${name})((?:\\s+${name}="${content}")*)\\s*(/?)>|${content}`, 'uy')
  const open: { name: string; prefixes: ReadonlySet<string> }[] = []
  let roots = 0
  token.lastIndex = declaration.length
  while (token.lastIndex < text.length) {
    const at = token.lastIndex
    const [whole, closing, tag, attributeText = '', empty] = token.exec(text) ?? ['']
    if (whole === '') return `no XML at ${text.slice(at, at + 40)}`
    const parent = open.at(-1)
    if (tag === undefined) {
      if (!parent) return `text outside the root: ${whole}`
      continue
    }
    if (closing) {
      if (open.pop()?.name !== tag || attributeText || empty) return `</${tag}> closes nothing`
      continue
    }
    if (!parent && ++roots > 1) return `a second root: ${tag}`
    const attributes = [...attributeText.matchAll(new RegExp(`(${name})=`, 'g'))].map(([, key = '']) => key)
    if (new Set(attributes).size < attributes.length) return `an attribute twice: ${whole}`
    const declared = attributes.filter((key) => key.startsWith('xmlns:')).map((key) => key.slice(6))
    const prefixes = new Set([...(parent?.prefixes ?? ['xml', 'xmlns']), ...declared])
    const unknown = [tag, ...attributes].find(
      (key) => key.includes(':') && !prefixes.has(key.split(':')[0] ?? ''),
    )
    if (unknown) return `undeclared prefix: ${unknown}`
    if (!empty) open.push({ name: tag, prefixes })
  }
  return open.length > 0 ? `<${open.at(-1)?.name}> is never closed` : null
}

test('the check of well-formedness is one', () => {
  const fault = (text: string) => xmlFault(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n${text}`)
  expect(fault('<a xmlns:b="c"><b:d e="f"/>g &amp; h</a>')).toBeNull()
  const broken = [
    '<a><b></a></b>',
    '<a>',
    '<a/><a/>',
    '<a b="1" b="2"/>',
    '<b:a/>',
    '<a>&nbsp;</a>',
    '<a b=c/>',
    '<a/>x',
  ]
  for (const text of broken) expect(fault(text), text).not.toBeNull()
})
