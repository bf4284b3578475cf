import type { Locale } from './locale.js'
import { type OfficePart, officePackage } from './office-package.js'
import { officeTheme } from './office-theme.js'
import { layoutPath, type SlideLayoutType, slideLayouts, slideSize } from './slide-layouts.js'
import { slideMaster, slideMasterId } from './slide-master.js'
import {
  emu,
  inheritedTextStyle,
  placeElement,
  placeName,
  shapeTree,
  slideNamespaces,
  slideParagraph,
} from './slide-shapes.js'
import { type Xml, xml } from './xml.js'

/** A slide: a layout and, for each of its placeholders in turn, the paragraphs. A place without any shows its prompt. */
export interface Slide {
  readonly layout: SlideLayoutType
  readonly texts: readonly (readonly string[])[]
}

/** A .pptx presentation of these slides, 16:9, with the usual layouts for more. */
export function presentation(locale: Locale, slides: readonly Slide[]): Uint8Array {
  const theme = officeTheme('ppt/theme/theme1.xml', locale)
  const { master, layouts } = slideMaster(locale, theme)
  const slideParts = slides.map((slide, index) => slidePart(locale, slide, index))
  return officePackage(
    {
      path: 'ppt/presentation.xml',
      contentType: 'presentationml.presentation.main',
      content: presentationXml(slides.length),
      relationships: [
        { id: 'rId1', type: 'slideMaster', target: master.path },
        { id: 'rId2', type: 'theme', target: theme.path },
        ...slideParts.map(({ path }, index) => ({ id: slideRelation(index), type: 'slide', target: path })),
      ],
    },
    [master, ...layouts, theme, ...slideParts],
  )
}

function slideRelation(index: number): string {
  return `rId${index + 3}`
}

function presentationXml(slideCount: number): Xml {
  // The ids of slides start at 256.
  const slideIds = [...Array(slideCount).keys()].map(
    (index) => xml`<p:sldId id="${256 + index}" r:id="${slideRelation(index)}"/>`,
  )
  return xml`<p:presentation ${slideNamespaces}>
    <p:sldMasterIdLst><p:sldMasterId id="${slideMasterId}" r:id="rId1"/></p:sldMasterIdLst>
    <p:sldIdLst>${slideIds}</p:sldIdLst>
    <p:sldSz cx="${emu(slideSize.width)}" cy="${emu(slideSize.height)}"/>
    <p:notesSz cx="6858000" cy="9144000"/>
  </p:presentation>`
}

function slidePart(locale: Locale, slide: Slide, slideIndex: number): OfficePart {
  const shapes = slideLayouts[slide.layout].placeholders.map((placeholder, index) => {
    const texts = slide.texts[index] ?? []
    return {
      name: placeName(placeholder),
      place: placeElement(placeholder),
      box: null,
      textStyle: inheritedTextStyle,
      paragraphs: (texts.length > 0 ? texts : ['']).map((text) => slideParagraph(locale, text)),
    }
  })
  return {
    path: `ppt/slides/slide${slideIndex + 1}.xml`,
    contentType: 'presentationml.slide',
    content: xml`<p:sld ${slideNamespaces}>
      <p:cSld>${shapeTree(shapes)}</p:cSld>
      <p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr>
    </p:sld>`,
    relationships: [{ id: 'rId1', type: 'slideLayout', target: layoutPath(slide.layout) }],
  }
}
