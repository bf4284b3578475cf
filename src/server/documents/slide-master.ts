import type { Locale } from './locale.js'
import type { OfficePart } from './office-package.js'
import {
  type Box,
  bodyBox,
  footerBoxes,
  layoutPath,
  type Placeholder,
  type SlideLayout,
  slideLayouts,
  titleBox,
} from './slide-layouts.js'
import {
  emu,
  inheritedTextStyle,
  placeElement,
  placeName,
  type SlideShape,
  shapeTree,
  slideNamespaces,
  slideParagraph,
} from './slide-shapes.js'
import { type Xml, xml } from './xml.js'

/** A presentation counts its master and the layouts together, from this id on. */
export const slideMasterId = 2147483648

const masterPath = 'ppt/slideMasters/slideMaster1.xml'

/** The master and its layouts: how the slides of a presentation look and what "New slide" offers. */
export function slideMaster(
  locale: Locale,
  theme: OfficePart,
): { readonly master: OfficePart; readonly layouts: readonly OfficePart[] } {
  const layouts = Object.entries(slideLayouts).map(([type, layout]) => layoutPart(locale, type, layout))
  const master: OfficePart = {
    path: masterPath,
    contentType: 'presentationml.slideMaster',
    content: masterXml(locale),
    relationships: [
      ...layouts.map(({ path }, index) => ({ id: `rId${index + 1}`, type: 'slideLayout', target: path })),
      { id: `rId${layouts.length + 1}`, type: 'theme', target: theme.path },
    ],
  }
  return { master, layouts }
}

const titlePrompt = { en: 'Click to edit the title', 'zh-CN': '单击此处编辑标题' } as const
const textPrompt = { en: 'Click to edit the text', 'zh-CN': '单击此处编辑文本' } as const

function masterXml(locale: Locale): Xml {
  const ids = Object.keys(slideLayouts).map(
    (_, index) => xml`<p:sldLayoutId id="${slideMasterId + 1 + index}" r:id="rId${index + 1}"/>`,
  )
  const title: SlideShape = {
    name: 'Title',
    place: xml`<p:ph type="title"/>`,
    box: titleBox,
    textStyle: xml`<a:bodyPr anchor="ctr"><a:normAutofit/></a:bodyPr><a:lstStyle/>`,
    paragraphs: [slideParagraph(locale, titlePrompt[locale.language])],
  }
  const text: SlideShape = {
    name: 'Text',
    place: xml`<p:ph type="body" idx="1"/>`,
    box: bodyBox,
    textStyle: xml`<a:bodyPr><a:normAutofit/></a:bodyPr><a:lstStyle/>`,
    paragraphs: [slideParagraph(locale, textPrompt[locale.language])],
  }
  return xml`<p:sldMaster ${slideNamespaces}>
    <p:cSld>
      <p:bg><p:bgRef idx="1001"><a:schemeClr val="bg1"/></p:bgRef></p:bg>
      ${shapeTree([title, text, ...footer(locale)])}
    </p:cSld>
    <p:clrMap bg1="lt1" tx1="dk1" bg2="lt2" tx2="dk2" accent1="accent1" accent2="accent2" accent3="accent3"
      accent4="accent4" accent5="accent5" accent6="accent6" hlink="hlink" folHlink="folHlink"/>
    <p:sldLayoutIdLst>${ids}</p:sldLayoutIdLst>
    ${textStyles()}
  </p:sldMaster>`
}

function layoutPart(locale: Locale, type: string, layout: SlideLayout): OfficePart {
  const shapes = layout.placeholders.map((placeholder) => layoutShape(locale, placeholder))
  return {
    path: layoutPath(type),
    contentType: 'presentationml.slideLayout',
    content: xml`<p:sldLayout ${slideNamespaces} type="${type}" preserve="1">
      <p:cSld name="${layout.name[locale.language]}">${shapeTree([...shapes, ...footer(locale)])}</p:cSld>
      <p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr>
    </p:sldLayout>`,
    relationships: [{ id: 'rId1', type: 'slideMaster', target: masterPath }],
  }
}

function layoutShape(locale: Locale, placeholder: Placeholder): SlideShape {
  const prompt = placeholder.index === 0 ? titlePrompt : textPrompt
  return {
    name: placeName(placeholder),
    place: placeElement(placeholder),
    box: placeholder.box,
    textStyle: layoutTextStyles[placeholder.type],
    paragraphs: [slideParagraph(locale, prompt[locale.language])],
  }
}

const layoutTextStyles: Readonly<Record<Placeholder['type'], Xml>> = {
  ctrTitle: xml`<a:bodyPr anchor="b"/>
    <a:lstStyle><a:lvl1pPr><a:defRPr sz="5400"/></a:lvl1pPr></a:lstStyle>`,
  subTitle: xml`<a:bodyPr/>
    <a:lstStyle><a:lvl1pPr marL="0" indent="0"><a:buNone/><a:defRPr sz="2400"/></a:lvl1pPr></a:lstStyle>`,
  title: inheritedTextStyle,
  object: inheritedTextStyle,
}

/** Date, footer text and slide number, which stay hidden until the author asks for them. */
function footer(locale: Locale): readonly SlideShape[] {
  const shape = (name: string, type: string, index: number, box: Box, align: string, content: Xml) => ({
    name,
    place: xml`<p:ph type="${type}" sz="quarter" idx="${index}"/>`,
    box,
    textStyle: footerStyle(align),
    paragraphs: [content],
  })
  const slideNumber = xml`<a:p><a:fld id="{6C2F1E0A-5B7D-4C3E-9A41-2D8E7F60B915}" type="slidenum">
    <a:rPr lang="${locale.tag}"/><a:t>‹#›</a:t>
  </a:fld></a:p>`
  return [
    shape('Date', 'dt', 10, footerBoxes.left, 'l', slideParagraph(locale, '')),
    shape('Footer', 'ftr', 11, footerBoxes.middle, 'ctr', slideParagraph(locale, '')),
    shape('Slide number', 'sldNum', 12, footerBoxes.right, 'r', slideNumber),
  ]
}

function footerStyle(align: string): Xml {
  return xml`<a:bodyPr anchor="ctr"/><a:lstStyle><a:lvl1pPr algn="${align}">${runDefaults(1200, 'tx1')}</a:lvl1pPr></a:lstStyle>`
}

function textStyles(): Xml {
  const levels = [...Array(9).keys()].map((level) => {
    const element = `a:lvl${level + 1}pPr`
    const size = [2400, 2000, 1800][level] ?? 1600
    return xml`<${element} marL="${emu(18 * (2 * level + 1))}" indent="${emu(-18)}">
      <a:spcBef><a:spcPts val="${level === 0 ? 1000 : 500}"/></a:spcBef>
      <a:buFont typeface="Arial"/><a:buChar char="•"/>${runDefaults(size, 'tx1')}
    </${element}>`
  })
  return xml`<p:txStyles>
    <p:titleStyle><a:lvl1pPr><a:buNone/>${runDefaults(4000, 'tx2', true)}</a:lvl1pPr></p:titleStyle>
    <p:bodyStyle>${levels}</p:bodyStyle>
    <p:otherStyle><a:lvl1pPr>${runDefaults(1800, 'tx1')}</a:lvl1pPr></p:otherStyle>
  </p:txStyles>`
}

/** Size in hundredths of a point, a colour of the theme, and the theme's typefaces. */
function runDefaults(size: number, color: 'tx1' | 'tx2', bold = false): Xml {
  return xml`<a:defRPr sz="${size}"${bold ? xml` b="1"` : ''}>
    <a:solidFill><a:schemeClr val="${color}"/></a:solidFill>
    <a:latin typeface="+mn-lt"/><a:ea typeface="+mn-ea"/><a:cs typeface="+mn-cs"/>
  </a:defRPr>`
}
