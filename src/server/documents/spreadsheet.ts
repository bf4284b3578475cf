import type { Locale } from './locale.js'
import { type OfficePart, officeNamespace, officePackage } from './office-package.js'
import { officeTheme } from './office-theme.js'
import { type Xml, xml } from './xml.js'

/** A sheet of a spreadsheet. */
export interface Sheet {
  readonly name: string
  /** Width of each column, in characters. */
  readonly columnWidths: readonly number[]
  readonly rows: readonly SheetRow[]
}

/** A row of cells from column A on; its kind tells how it looks. */
export interface SheetRow {
  readonly kind: 'title' | 'header' | 'data' | 'total'
  readonly cells: readonly SheetCell[]
}

export type SheetCell = string | number | SheetFormula

/** A formula in the notation of the file format (English names, commas), with the result that a viewer shows at once. */
export interface SheetFormula {
  readonly formula: string
  readonly result: number
}

/** An .xlsx workbook of one sheet; without rows, a blank one. */
export function spreadsheet(locale: Locale, sheet: Sheet): Uint8Array {
  const worksheet: OfficePart = {
    path: 'xl/worksheets/sheet1.xml',
    contentType: 'spreadsheetml.worksheet',
    content: worksheetXml(locale, sheet),
  }
  const styles: OfficePart = {
    path: 'xl/styles.xml',
    contentType: 'spreadsheetml.styles',
    content: styleSheet(locale),
  }
  const theme = officeTheme('xl/theme/theme1.xml', locale)
  return officePackage(
    {
      path: 'xl/workbook.xml',
      contentType: 'spreadsheetml.sheet.main',
      content: xml`<workbook xmlns="${officeNamespace.spreadsheet}" xmlns:r="${officeNamespace.relationships}">
        <bookViews><workbookView/></bookViews>
        <sheets><sheet name="${sheet.name}" sheetId="1" r:id="rId1"/></sheets>
      </workbook>`,
      relationships: [
        { id: 'rId1', type: 'worksheet', target: worksheet.path },
        { id: 'rId2', type: 'styles', target: styles.path },
        { id: 'rId3', type: 'theme', target: theme.path },
      ],
    },
    [worksheet, styles, theme],
  )
}

function worksheetXml(locale: Locale, { columnWidths, rows }: Sheet): Xml {
  const headerRow = rows.findIndex(({ kind }) => kind === 'header') + 1
  const columns = columnWidths.map(
    (width, index) => xml`<col min="${index + 1}" max="${index + 1}" width="${width}" customWidth="1"/>`,
  )
  return xml`<worksheet xmlns="${officeNamespace.spreadsheet}">
    <sheetViews><sheetView tabSelected="1" workbookViewId="0">${headerRow > 0 ? frozenBelow(headerRow) : ''}</sheetView></sheetViews>
    <sheetFormatPr defaultRowHeight="15"/>
    ${columns.length > 0 ? xml`<cols>${columns}</cols>` : ''}
    <sheetData>${rows.map(rowXml)}</sheetData>
    <pageMargins left="0.7" right="0.7" top="0.75" bottom="0.75" header="0.3" footer="0.3"/>
    <pageSetup paperSize="${locale.paper.code}" orientation="portrait"/>
  </worksheet>`
}

/** The rows down to the header stay in view while the rest scrolls. */
function frozenBelow(row: number): Xml {
  return xml`<pane ySplit="${row}" topLeftCell="A${row + 1}" activePane="bottomLeft" state="frozen"/>
    <selection pane="bottomLeft" activeCell="A${row + 1}" sqref="A${row + 1}"/>`
}

function rowXml({ kind, cells }: SheetRow, index: number): Xml {
  const row = index + 1
  return xml`<row r="${row}">${cells.map((cell, column) => cellXml(cell, cellName(column, row), cellStyle(kind, cell, column)))}</row>`
}

function cellXml(cell: SheetCell, name: string, style: number): Xml {
  if (typeof cell === 'string') {
    return xml`<c r="${name}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${cell}</t></is></c>`
  }
  if (typeof cell === 'number') return xml`<c r="${name}" s="${style}"><v>${cell}</v></c>`
  return xml`<c r="${name}" s="${style}"><f>${cell.formula}</f><v>${cell.result}</v></c>`
}

function cellName(column: number, row: number): string {
  return `${String.fromCharCode('A'.charCodeAt(0) + column)}${row}`
}

/** The cell formats by their place in the list of {@link styleSheet}. */
const cellFormat = {
  text: 0,
  title: 1,
  header: 2,
  numberHeader: 3,
  amount: 4,
  total: 5,
  totalAmount: 6,
} as const

function cellStyle(kind: SheetRow['kind'], cell: SheetCell, column: number): number {
  if (kind === 'title') return cellFormat.title
  if (kind === 'header') return column === 0 ? cellFormat.header : cellFormat.numberHeader
  if (kind === 'total') return typeof cell === 'string' ? cellFormat.total : cellFormat.totalAmount
  return typeof cell === 'string' ? cellFormat.text : cellFormat.amount
}

function styleSheet(locale: Locale): Xml {
  // 4 is the built-in number format #,##0.00, shown with the separators of the reader's country.
  return xml`<styleSheet xmlns="${officeNamespace.spreadsheet}">
    <fonts count="4">
      ${font(locale, 11, 1)}
      ${font(locale, 16, 3, xml`<b/>`)}
      ${font(locale, 11, 0, xml`<b/>`)}
      ${font(locale, 11, 1, xml`<b/>`)}
    </fonts>
    <fills count="3">
      <fill><patternFill patternType="none"/></fill>
      <fill><patternFill patternType="gray125"/></fill>
      <fill><patternFill patternType="solid"><fgColor theme="3"/><bgColor indexed="64"/></patternFill></fill>
    </fills>
    <borders count="2">
      <border><left/><right/><top/><bottom/><diagonal/></border>
      <border><left/><right/><top style="thin"><color theme="1"/></top><bottom/><diagonal/></border>
    </borders>
    <cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>
    <cellXfs count="7">
      <xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>
      <xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>
      <xf numFmtId="0" fontId="2" fillId="2" borderId="0" xfId="0" applyFont="1" applyFill="1"/>
      <xf numFmtId="0" fontId="2" fillId="2" borderId="0" xfId="0" applyFont="1" applyFill="1" applyAlignment="1">
        <alignment horizontal="right"/>
      </xf>
      <xf numFmtId="4" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>
      <xf numFmtId="0" fontId="3" fillId="0" borderId="1" xfId="0" applyFont="1" applyBorder="1"/>
      <xf numFmtId="4" fontId="3" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyFont="1" applyBorder="1"/>
    </cellXfs>
    <cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>
  </styleSheet>`
}

/** `color` is its number in the theme: 0 white, 1 text, 3 dark blue. */
function font({ latinFont, eastAsianFont }: Locale, size: number, color: number, weight: Xml | '' = ''): Xml {
  // 134 is the character set of Simplified Chinese.
  return xml`<font>${weight}<sz val="${size}"/><color theme="${color}"/><name val="${eastAsianFont ?? latinFont}"/>
    <family val="2"/>${eastAsianFont === null ? '' : xml`<charset val="134"/>`}<scheme val="minor"/></font>`
}
