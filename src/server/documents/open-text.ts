import type { Locale } from './locale.js'
import { boldText, bulletFont, defaultText, fontSize, openDocument, paperLayout } from './open-document.js'
import type { TextBlock } from './text-block.js'
import { type Xml, xml } from './xml.js'

/** An .odt document with these paragraphs; with none of them, a blank page ready to type on. */
export function openTextDocument(locale: Locale, blocks: readonly TextBlock[]): Uint8Array {
  const paragraphs = blocks.length > 0 ? blocks : [{ style: 'paragraph', text: '' } as const]
  return openDocument(locale, {
    kind: 'text',
    styles: namedStyles(locale),
    pageLayouts: paperLayout('Paper', locale, 72),
    masterPages: xml`<style:master-page style:name="Standard" style:page-layout-name="Paper"/>`,
    contentStyles: xml``,
    content: xml`${paragraphs.map(paragraph)}`,
  })
}

function paragraph({ style, text }: TextBlock): Xml {
  const lines = text.split('\n').map((line, index) => xml`${index > 0 ? xml`<text:line-break/>` : ''}${line}`)
  switch (style) {
    case 'title':
      return xml`<text:p text:style-name="Title">${lines}</text:p>`
    case 'heading':
      return xml`<text:h text:style-name="Heading_20_1" text:outline-level="1">${lines}</text:h>`
    case 'paragraph':
      return xml`<text:p text:style-name="Standard">${lines}</text:p>`
    case 'bullet':
      return xml`<text:list text:style-name="List_20_1">
        <text:list-item><text:p text:style-name="List_20_1">${lines}</text:p></text:list-item>
      </text:list>`
  }
}

// Style names are the ones that LibreOffice knows and shows translated; a space is written _20_.
function namedStyles(locale: Locale): Xml {
  const lineHeight = xml`fo:line-height="${locale.lineHeight}%"`
  return xml`
    <style:default-style style:family="paragraph">
      <style:paragraph-properties style:tab-stop-distance="36pt"/>
      ${defaultText(locale, locale.textSize)}
    </style:default-style>
    <style:style style:name="Standard" style:family="paragraph" style:class="text">
      <style:paragraph-properties fo:margin-top="0pt" fo:margin-bottom="8pt" ${lineHeight}/>
    </style:style>
    <style:style style:name="Heading" style:family="paragraph" style:parent-style-name="Standard"
      style:next-style-name="Standard" style:class="text">
      <style:paragraph-properties fo:keep-with-next="always"/>
      <style:text-properties fo:color="#1f3a5f" ${boldText}/>
    </style:style>
    <style:style style:name="Title" style:family="paragraph" style:parent-style-name="Heading"
      style:next-style-name="Standard" style:class="chapter">
      <style:paragraph-properties fo:margin-bottom="14pt" fo:line-height="100%"/>
      <style:text-properties ${fontSize(26)}/>
    </style:style>
    ${[16, 13, 11.5].map((size, index) => heading(index + 1, size))}
    <style:style style:name="List_20_1" style:display-name="List 1" style:family="paragraph"
      style:parent-style-name="Standard" style:list-style-name="List_20_1" style:class="list">
      <style:paragraph-properties fo:margin-bottom="3pt"/>
    </style:style>
    <text:list-style style:name="List_20_1" style:display-name="List 1">
      ${[...Array(10).keys()].map((level) => bulletLevel(level + 1))}
    </text:list-style>`
}

function heading(level: number, size: number): Xml {
  return xml`<style:style style:name="Heading_20_${level}" style:display-name="Heading ${level}"
    style:family="paragraph" style:parent-style-name="Heading" style:next-style-name="Standard"
    style:default-outline-level="${level}" style:class="text">
    <style:paragraph-properties fo:margin-top="${size}pt" fo:margin-bottom="4pt"/>
    <style:text-properties ${fontSize(size)}/>
  </style:style>`
}

function bulletLevel(level: number): Xml {
  const indent = 18 * level
  return xml`<text:list-level-style-bullet text:level="${level}" text:bullet-char="${level % 2 === 1 ? '•' : '–'}">
    <style:list-level-properties text:list-level-position-and-space-mode="label-alignment">
      <style:list-level-label-alignment text:label-followed-by="listtab"
        text:list-tab-stop-position="${indent}pt" fo:text-indent="-18pt" fo:margin-left="${indent}pt"/>
    </style:list-level-properties>
    ${bulletFont}
  </text:list-level-style-bullet>`
}
