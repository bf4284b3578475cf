import type { Locale } from './locale.js'
import { officeNamespace } from './office-package.js'
import type { Box, Placeholder } from './slide-layouts.js'
import { type Xml, xml } from './xml.js'

/** The attributes that declare the namespaces of every part of a presentation. */
export const slideNamespaces = xml`xmlns:a="${officeNamespace.drawing}" xmlns:p="${officeNamespace.presentation}" xmlns:r="${officeNamespace.relationships}"`

/** A text box of a slide, a layout or the master. */
export interface SlideShape {
  /** The name that screen readers and the selection pane show. */
  readonly name: string
  /** The placeholder it is: a `p:ph` element. */
  readonly place: Xml
  /** Where it lies; `null` for where its layout has it. */
  readonly box: Box | null
  /** Properties of the text box and styles of its text. */
  readonly textStyle: Xml
  readonly paragraphs: readonly Xml[]
}

/** The text style of the shape's layout, on the layout that of the master. */
export const inheritedTextStyle = xml`<a:bodyPr/><a:lstStyle/>`

/** The shape tree of a slide, a layout or the master. */
export function shapeTree(shapes: readonly SlideShape[]): Xml {
  return xml`<p:spTree>
    <p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr>
    <p:grpSpPr/>
    ${shapes.map((shape, index) => shapeXml(shape, index + 2))}
  </p:spTree>`
}

function shapeXml({ name, place, box, textStyle, paragraphs }: SlideShape, id: number): Xml {
  return xml`<p:sp>
    <p:nvSpPr>
      <p:cNvPr id="${id}" name="${name}"/>
      <p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr>
      <p:nvPr>${place}</p:nvPr>
    </p:nvSpPr>
    ${box ? xml`<p:spPr>${position(box)}</p:spPr>` : xml`<p:spPr/>`}
    <p:txBody>${textStyle}${paragraphs}</p:txBody>
  </p:sp>`
}

function position({ x, y, width, height }: Box): Xml {
  return xml`<a:xfrm><a:off x="${emu(x)}" y="${emu(y)}"/><a:ext cx="${emu(width)}" cy="${emu(height)}"/></a:xfrm>
    <a:prstGeom prst="rect"><a:avLst/></a:prstGeom>`
}

/** A paragraph; without text it is one to be typed in, already in the right language. */
export function slideParagraph(locale: Locale, text: string): Xml {
  // For Chinese the second language is the one that Latin words are spelled in.
  const languages = locale.language === 'en' ? xml`lang="en-US"` : xml`lang="${locale.tag}" altLang="en-US"`
  if (text === '') return xml`<a:p><a:endParaRPr ${languages}/></a:p>`
  return xml`<a:p><a:r><a:rPr ${languages}/><a:t>${text}</a:t></a:r></a:p>`
}

/** The name of the shape for a place of a layout, in the layout and on its slides. */
export function placeName({ type, index }: Placeholder): string {
  if (type === 'object') return `Content ${index}`
  return type === 'subTitle' ? 'Subtitle' : 'Title'
}

/** What makes a shape the one for a place of its layout. */
export function placeElement({ type, index }: Placeholder): Xml {
  const attributes = type === 'object' ? '' : xml` type="${type}"`
  return index === 0 ? xml`<p:ph${attributes}/>` : xml`<p:ph${attributes} idx="${index}"/>`
}

/** Office Open XML measures drawings in English metric units, 12,700 to a point. */
export function emu(points: number): number {
  return points * 12700
}
