import type { Locale } from './locale.js'
import { packageZip } from './package-zip.js'
import { type Xml, xml } from './xml.js'

/** The parts of an OpenDocument file that differ between its kinds. */
export interface OpenDocument {
  /** The last word of the media type and the name of the body's element. */
  readonly kind: 'text' | 'spreadsheet' | 'presentation'
  /** Named styles. */
  readonly styles: Xml
  /** Page sizes that the master pages name. */
  readonly pageLayouts: Xml
  readonly masterPages: Xml
  /** Formats of the content that have no name of their own. */
  readonly contentStyles: Xml
  readonly content: Xml
}

const oasis = 'urn:oasis:names:tc:opendocument:xmlns'

const namespaces = xml`xmlns:office="${oasis}:office:1.0" xmlns:style="${oasis}:style:1.0"
  xmlns:text="${oasis}:text:1.0" xmlns:table="${oasis}:table:1.0" xmlns:draw="${oasis}:drawing:1.0"
  xmlns:presentation="${oasis}:presentation:1.0" xmlns:fo="${oasis}:xsl-fo-compatible:1.0"
  xmlns:svg="${oasis}:svg-compatible:1.0"`

/** An OpenDocument 1.3 file. Its media type comes first and uncompressed, so that it is recognised from its first bytes. */
export function openDocument(locale: Locale, document: OpenDocument): Uint8Array {
  const mediaType = `application/vnd.oasis.opendocument.${document.kind}`
  return packageZip([
    { path: 'mimetype', content: mediaType, stored: true },
    { path: 'META-INF/manifest.xml', content: manifest(mediaType) },
    {
      path: 'styles.xml',
      content: xml`<office:document-styles ${namespaces} office:version="1.3">
        ${fontFaces(locale)}
        <office:styles>${document.styles}</office:styles>
        <office:automatic-styles>${document.pageLayouts}</office:automatic-styles>
        <office:master-styles>${document.masterPages}</office:master-styles>
      </office:document-styles>`,
    },
    {
      path: 'content.xml',
      content: xml`<office:document-content ${namespaces} office:version="1.3">
        ${fontFaces(locale)}
        <office:automatic-styles>${document.contentStyles}</office:automatic-styles>
        <office:body><office:${document.kind}>${document.content}</office:${document.kind}></office:body>
      </office:document-content>`,
    },
  ])
}

function manifest(mediaType: string): Xml {
  return xml`<manifest:manifest xmlns:manifest="${oasis}:manifest:1.0" manifest:version="1.3">
    <manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="${mediaType}"/>
    <manifest:file-entry manifest:full-path="styles.xml" manifest:media-type="text/xml"/>
    <manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>
  </manifest:manifest>`
}

function fontFaces({ latinFont, eastAsianFont }: Locale): Xml {
  const faces = eastAsianFont === null ? [latinFont] : [latinFont, eastAsianFont]
  return xml`<office:font-face-decls>
    ${faces.map((name) => xml`<style:font-face style:name="${name}" svg:font-family="'${name}'" style:font-family-generic="swiss" style:font-pitch="variable"/>`)}
  </office:font-face-decls>`
}

/** Typeface, size in points and language of text that no style says more about. */
export function defaultText(locale: Locale, size: number): Xml {
  const { latinFont, eastAsianFont } = locale
  const asian =
    eastAsianFont === null
      ? ''
      : xml` style:font-name-asian="${eastAsianFont}" style:language-asian="zh" style:country-asian="CN"`
  return xml`<style:text-properties style:font-name="${latinFont}" ${fontSize(size)}
    fo:language="en" fo:country="US"${asian}/>`
}

/** The attributes for a size of text in points, the same for every script. */
export function fontSize(size: number): Xml {
  return xml`fo:font-size="${size}pt" style:font-size-asian="${size}pt" style:font-size-complex="${size}pt"`
}

/** The attributes for bold text in every script. */
export const boldText = xml`fo:font-weight="bold" style:font-weight-asian="bold" style:font-weight-complex="bold"`

/** The look of a list's bullets, which are hardly more than specks in Chinese typefaces. */
export const bulletFont = xml`<style:text-properties fo:font-family="Arial" fo:font-size="100%"/>`

/** An upright page of the language's paper, for master pages to name; `margin` in points. */
export function paperLayout(name: string, { paper }: Locale, margin: number): Xml {
  return xml`<style:page-layout style:name="${name}">
    <style:page-layout-properties fo:page-width="${paper.widthInPoints}pt" fo:page-height="${paper.heightInPoints}pt"
      style:print-orientation="portrait" fo:margin="${margin}pt"/>
  </style:page-layout>`
}
