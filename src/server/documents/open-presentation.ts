import type { Locale } from './locale.js'
import { boldText, bulletFont, defaultText, fontSize, openDocument } from './open-document.js'
import { type Box, bodyBox, openingTitleBox, slideSize, subtitleBox, titleBox } from './slide-layouts.js'
import { type Xml, xml } from './xml.js'

/** An .odp presentation, 16:9, of one title slide to be filled in. */
export function blankOpenPresentation(locale: Locale): Uint8Array {
  return openDocument(locale, {
    kind: 'presentation',
    styles: namedStyles(locale),
    pageLayouts: xml`<style:page-layout style:name="Slide">
        <style:page-layout-properties fo:page-width="${slideSize.width}pt"
          fo:page-height="${slideSize.height}pt" style:print-orientation="landscape" fo:margin="0pt"/>
      </style:page-layout>
      <style:style style:name="Slide_20_background" style:family="drawing-page">
        <style:drawing-page-properties draw:fill="solid" draw:fill-color="#ffffff"/>
      </style:style>`,
    masterPages: xml`<style:master-page style:name="Default" style:page-layout-name="Slide"
      draw:style-name="Slide_20_background">
      ${placeholder('title', 'Default-title', titleBox)}
      ${placeholder('outline', 'Default-outline1', bodyBox)}
    </style:master-page>`,
    contentStyles: xml`
      <style:style style:name="Page" style:family="drawing-page"/>
      <style:style style:name="OpeningTitle" style:family="presentation" style:parent-style-name="Default-title">
        <style:graphic-properties draw:textarea-vertical-align="bottom"/>
      </style:style>`,
    content: xml`<draw:page draw:name="page1" draw:style-name="Page" draw:master-page-name="Default"
      presentation:presentation-page-layout-name="TitleSlide">
      ${placeholder('title', 'OpeningTitle', openingTitleBox)}
      ${placeholder('subtitle', 'Default-subtitle', subtitleBox)}
    </draw:page>`,
  })
}

/** An empty place, which shows a prompt until it is filled. */
function placeholder(kind: 'title' | 'subtitle' | 'outline', style: string, box: Box): Xml {
  return xml`<draw:frame presentation:style-name="${style}" presentation:class="${kind}" presentation:placeholder="true" ${position(box)}><draw:text-box/></draw:frame>`
}

// A master page's styles carry its name before a hyphen; that is how LibreOffice finds them.
function namedStyles(locale: Locale): Xml {
  return xml`
    <style:default-style style:family="graphic">${defaultText(locale, 18)}</style:default-style>
    <style:presentation-page-layout style:name="TitleSlide">
      <presentation:placeholder presentation:object="title" ${position(openingTitleBox)}/>
      <presentation:placeholder presentation:object="subtitle" ${position(subtitleBox)}/>
    </style:presentation-page-layout>
    <style:style style:name="Default-title" style:family="presentation">
      <style:graphic-properties ${plainBox} draw:textarea-vertical-align="middle"/>
      <style:paragraph-properties fo:text-align="start"/>
      <style:text-properties fo:color="#1f3a5f" ${boldText} ${fontSize(40)}/>
    </style:style>
    <style:style style:name="Default-subtitle" style:family="presentation">
      <style:graphic-properties ${plainBox} draw:textarea-vertical-align="top"/>
      <style:paragraph-properties fo:text-align="start"/>
      <style:text-properties fo:color="#1f2328" ${fontSize(24)}/>
    </style:style>
    ${[...Array(9).keys()].map((level) => outlineStyle(level + 1))}`
}

const plainBox = xml`draw:stroke="none" draw:fill="none"`

function outlineStyle(level: number): Xml {
  const size = [24, 20, 18][level - 1] ?? 16
  const name = `Default-outline${level}`
  if (level > 1) {
    return xml`<style:style style:name="${name}" style:family="presentation"
      style:parent-style-name="Default-outline${level - 1}">
      <style:paragraph-properties fo:margin-top="5pt"/>
      <style:text-properties ${fontSize(size)}/>
    </style:style>`
  }
  return xml`<style:style style:name="${name}" style:family="presentation">
    <style:graphic-properties ${plainBox} draw:textarea-vertical-align="top">
      <text:list-style style:name="${name}">${[...Array(9).keys()].map(bulletLevel)}</text:list-style>
    </style:graphic-properties>
    <style:paragraph-properties fo:margin-top="10pt" fo:text-align="start"/>
    <style:text-properties fo:color="#1f2328" ${fontSize(size)}/>
  </style:style>`
}

function bulletLevel(level: number): Xml {
  return xml`<text:list-level-style-bullet text:level="${level + 1}" text:bullet-char="•">
    <style:list-level-properties text:space-before="${36 * level}pt" text:min-label-width="18pt"/>
    ${bulletFont}
  </text:list-level-style-bullet>`
}

function position({ x, y, width, height }: Box): Xml {
  return xml`svg:x="${x}pt" svg:y="${y}pt" svg:width="${width}pt" svg:height="${height}pt"`
}
