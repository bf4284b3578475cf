import { posix } from 'node:path'
import { packageZip } from './package-zip.js'
import { type Xml, xml } from './xml.js'

/** A part of an Office Open XML package (ECMA-376 part 2). */
export interface OfficePart {
  /** Path in the package, without a leading slash. */
  readonly path: string
  /** The media type without what all parts of ours have in common: `wordprocessingml.styles`. */
  readonly contentType: string
  readonly content: Xml
  readonly relationships?: readonly OfficeRelationship[]
}

/** Points from a part to another one. */
export interface OfficeRelationship {
  readonly id: string
  /** The last segment of the relationship's type: `styles`. */
  readonly type: string
  /** The path of the other part in the package. */
  readonly target: string
}

/** XML namespaces of Office Open XML in its transitional form, which every office program writes. */
export const officeNamespace = {
  drawing: 'http://schemas.openxmlformats.org/drawingml/2006/main',
  presentation: 'http://schemas.openxmlformats.org/presentationml/2006/main',
  relationships: 'http://schemas.openxmlformats.org/officeDocument/2006/relationships',
  spreadsheet: 'http://schemas.openxmlformats.org/spreadsheetml/2006/main',
  word: 'http://schemas.openxmlformats.org/wordprocessingml/2006/main',
} as const

const packageNamespace = 'http://schemas.openxmlformats.org/package/2006'

/**
 * Puts parts together to a .docx, .xlsx or .pptx: the list of content types and the relationship files follow from the
 * parts. `main` is the part that an office program starts with.
 */
export function officePackage(main: OfficePart, others: readonly OfficePart[]): Uint8Array {
  const parts = [main, ...others]
  return packageZip([
    { path: '[Content_Types].xml', content: contentTypes(parts) },
    {
      path: '_rels/.rels',
      content: relationships('', [{ id: 'rId1', type: 'officeDocument', target: main.path }]),
    },
    ...parts.flatMap((part) => [
      { path: part.path, content: part.content },
      ...(part.relationships
        ? [{ path: relationshipsPath(part.path), content: relationships(part.path, part.relationships) }]
        : []),
    ]),
  ])
}

function contentTypes(parts: readonly OfficePart[]): Xml {
  return xml`<Types xmlns="${packageNamespace}/content-types">
    <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
    <Default Extension="xml" ContentType="application/xml"/>
    ${parts.map(
      ({ path, contentType }) =>
        xml`<Override PartName="/${path}" ContentType="application/vnd.openxmlformats-officedocument.${contentType}+xml"/>`,
    )}
  </Types>`
}

function relationships(source: string, targets: readonly OfficeRelationship[]): Xml {
  return xml`<Relationships xmlns="${packageNamespace}/relationships">
    ${targets.map(
      ({ id, type, target }) =>
        xml`<Relationship Id="${id}" Type="${officeNamespace.relationships}/${type}" Target="${posix.relative(posix.dirname(source), target)}"/>`,
    )}
  </Relationships>`
}

function relationshipsPath(path: string): string {
  return posix.join(posix.dirname(path), '_rels', `${posix.basename(path)}.rels`)
}
