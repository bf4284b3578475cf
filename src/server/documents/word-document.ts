import type { Locale, Paper } from './locale.js'
import { type OfficePart, officeNamespace, officePackage } from './office-package.js'
import { officeTheme } from './office-theme.js'
import type { TextBlock } from './text-block.js'
import { type Xml, xml } from './xml.js'

const styleIds: Readonly<Record<TextBlock['style'], string>> = {
  title: 'Title',
  heading: 'Heading1',
  paragraph: 'Normal',
  bullet: 'ListBullet',
}

/** A .docx document with these paragraphs; with none of them, a blank page ready to type on. */
export function wordDocument(locale: Locale, blocks: readonly TextBlock[]): Uint8Array {
  const styles = wordPart('styles', styleSheet(locale))
  const numbering = wordPart('numbering', bulletNumbering())
  const settings = wordPart('settings', documentSettings(locale))
  const theme = officeTheme('word/theme/theme1.xml', locale)
  return officePackage(
    {
      path: 'word/document.xml',
      contentType: 'wordprocessingml.document.main',
      content: body(locale.paper, blocks),
      relationships: [
        { id: 'rId1', type: 'styles', target: styles.path },
        { id: 'rId2', type: 'numbering', target: numbering.path },
        { id: 'rId3', type: 'settings', target: settings.path },
        { id: 'rId4', type: 'theme', target: theme.path },
      ],
    },
    [styles, numbering, settings, theme],
  )
}

function wordPart(name: string, content: Xml): OfficePart {
  return { path: `word/${name}.xml`, contentType: `wordprocessingml.${name}`, content }
}

function body(paper: Paper, blocks: readonly TextBlock[]): Xml {
  const paragraphs = blocks.length > 0 ? blocks : [{ style: 'paragraph', text: '' } as const]
  const margin = twips(72)
  return xml`<w:document xmlns:w="${officeNamespace.word}">
    <w:body>
      ${paragraphs.map(paragraph)}
      <w:sectPr>
        <w:pgSz w:w="${twips(paper.widthInPoints)}" w:h="${twips(paper.heightInPoints)}"/>
        <w:pgMar w:top="${margin}" w:right="${margin}" w:bottom="${margin}" w:left="${margin}"
          w:header="${twips(36)}" w:footer="${twips(36)}" w:gutter="0"/>
      </w:sectPr>
    </w:body>
  </w:document>`
}

function paragraph({ style, text }: TextBlock): Xml {
  const properties = style === 'paragraph' ? '' : xml`<w:pPr><w:pStyle w:val="${styleIds[style]}"/></w:pPr>`
  if (text === '') return xml`<w:p>${properties}</w:p>`
  const lines = text
    .split('\n')
    .map((line, index) => xml`${index > 0 ? xml`<w:br/>` : ''}<w:t xml:space="preserve">${line}</w:t>`)
  return xml`<w:p>${properties}<w:r>${lines}</w:r></w:p>`
}

function styleSheet(locale: Locale): Xml {
  return xml`<w:styles xmlns:w="${officeNamespace.word}">
    <w:docDefaults>
      <w:rPrDefault>
        <w:rPr>
          ${fonts(locale, 'minor')}
          <w:sz w:val="${halfPoints(locale.textSize)}"/>
          <w:szCs w:val="${halfPoints(locale.textSize)}"/>
          <w:lang w:val="en-US" w:eastAsia="${locale.tag}" w:bidi="ar-SA"/>
        </w:rPr>
      </w:rPrDefault>
      <w:pPrDefault>
        <w:pPr><w:spacing w:after="${twips(8)}" w:line="${lineOf(locale.lineHeight)}" w:lineRule="auto"/></w:pPr>
      </w:pPrDefault>
    </w:docDefaults>
    <w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>
    <w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">
      <w:name w:val="Default Paragraph Font"/>
      <w:uiPriority w:val="1"/><w:semiHidden/><w:unhideWhenUsed/>
    </w:style>
    <w:style w:type="table" w:default="1" w:styleId="TableNormal">
      <w:name w:val="Normal Table"/>
      <w:uiPriority w:val="99"/><w:semiHidden/><w:unhideWhenUsed/>
      <w:tblPr>
        <w:tblInd w:w="0" w:type="dxa"/>
        <w:tblCellMar>
          <w:top w:w="0" w:type="dxa"/><w:left w:w="${twips(5.4)}" w:type="dxa"/>
          <w:bottom w:w="0" w:type="dxa"/><w:right w:w="${twips(5.4)}" w:type="dxa"/>
        </w:tblCellMar>
      </w:tblPr>
    </w:style>
    <w:style w:type="numbering" w:default="1" w:styleId="NoList">
      <w:name w:val="No List"/>
      <w:uiPriority w:val="99"/><w:semiHidden/><w:unhideWhenUsed/>
    </w:style>
    <w:style w:type="paragraph" w:styleId="Title">
      <w:name w:val="Title"/><w:basedOn w:val="Normal"/><w:next w:val="Normal"/>
      <w:uiPriority w:val="10"/><w:qFormat/>
      <w:pPr><w:keepNext/><w:spacing w:after="${twips(14)}" w:line="${lineOf(100)}" w:lineRule="auto"/></w:pPr>
      <w:rPr>${headingText(locale, 26)}</w:rPr>
    </w:style>
    ${[16, 13, 11.5].map((size, index) => heading(locale, index + 1, size))}
    <w:style w:type="paragraph" w:styleId="ListBullet">
      <w:name w:val="List Bullet"/><w:basedOn w:val="Normal"/>
      <w:uiPriority w:val="99"/><w:unhideWhenUsed/><w:qFormat/>
      <w:pPr><w:numPr><w:numId w:val="1"/></w:numPr><w:contextualSpacing/></w:pPr>
    </w:style>
  </w:styles>`
}

function heading(locale: Locale, level: number, size: number): Xml {
  return xml`<w:style w:type="paragraph" w:styleId="Heading${level}">
    <w:name w:val="heading ${level}"/><w:basedOn w:val="Normal"/><w:next w:val="Normal"/>
    <w:uiPriority w:val="9"/><w:qFormat/>
    <w:pPr>
      <w:keepNext/><w:keepLines/><w:spacing w:before="${twips(size)}" w:after="${twips(4)}"/>
      <w:outlineLvl w:val="${level - 1}"/>
    </w:pPr>
    <w:rPr>${headingText(locale, size)}</w:rPr>
  </w:style>`
}

function headingText(locale: Locale, size: number): Xml {
  return xml`${fonts(locale, 'major')}<w:b/><w:bCs/><w:color w:val="1F3A5F" w:themeColor="text2"/>
    <w:sz w:val="${halfPoints(size)}"/><w:szCs w:val="${halfPoints(size)}"/>`
}

/** Typefaces by name for programs that know no themes, and by the theme's role, which wins where themes are known. */
function fonts({ latinFont, eastAsianFont }: Locale, role: 'major' | 'minor'): Xml {
  const eastAsian = eastAsianFont === null ? '' : xml` w:eastAsia="${eastAsianFont}"`
  return xml`<w:rFonts w:ascii="${latinFont}"${eastAsian} w:hAnsi="${latinFont}" w:asciiTheme="${role}HAnsi"
    w:eastAsiaTheme="${role}EastAsia" w:hAnsiTheme="${role}HAnsi" w:cstheme="${role}Bidi"/>`
}

function bulletNumbering(): Xml {
  const levels = [...Array(9).keys()].map(
    (level) => xml`<w:lvl w:ilvl="${level}">
      <w:start w:val="1"/><w:numFmt w:val="bullet"/>
      ${level === 0 ? xml`<w:pStyle w:val="ListBullet"/>` : ''}
      <w:lvlText w:val="${level % 2 === 0 ? '•' : '–'}"/><w:lvlJc w:val="left"/>
      <w:pPr><w:ind w:left="${twips(18 * (level + 1))}" w:hanging="${twips(18)}"/></w:pPr>
    </w:lvl>`,
  )
  return xml`<w:numbering xmlns:w="${officeNamespace.word}">
    <w:abstractNum w:abstractNumId="0"><w:multiLevelType w:val="hybridMultilevel"/>${levels}</w:abstractNum>
    <w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
  </w:numbering>`
}

function documentSettings(locale: Locale): Xml {
  // Without compatibility mode 15 Word opens the document as one of Word 2007 and leaves out newer features.
  return xml`<w:settings xmlns:w="${officeNamespace.word}">
    <w:defaultTabStop w:val="${twips(36)}"/>
    <w:characterSpacingControl w:val="doNotCompress"/>
    <w:compat>
      <w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>
    </w:compat>
    <w:themeFontLang w:val="en-US" w:eastAsia="${locale.tag}"/>
  </w:settings>`
}

/** Word measures lengths in twentieths of a point. */
function twips(points: number): number {
  return Math.round(points * 20)
}

/** Word measures letters in half points. */
function halfPoints(points: number): number {
  return points * 2
}

/** Word measures the height of a line in 240ths of the typeface's own. */
function lineOf(percent: number): number {
  return Math.round((percent * 240) / 100)
}
