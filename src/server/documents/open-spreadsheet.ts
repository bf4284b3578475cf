import type { Locale } from './locale.js'
import { defaultText, openDocument, paperLayout } from './open-document.js'
import { xml } from './xml.js'

/** An .ods workbook with one empty sheet. */
export function blankOpenSpreadsheet(locale: Locale): Uint8Array {
  return openDocument(locale, {
    kind: 'spreadsheet',
    styles: xml`
      <style:default-style style:family="table-cell">${defaultText(locale, 11)}</style:default-style>
      <style:style style:name="Default" style:family="table-cell"/>`,
    pageLayouts: paperLayout('Paper', locale, 54),
    masterPages: xml`<style:master-page style:name="Default" style:page-layout-name="Paper"/>`,
    contentStyles: xml`<style:style style:name="Sheet" style:family="table" style:master-page-name="Default">
      <style:table-properties table:display="true"/>
    </style:style>`,
    content: xml`<table:table table:name="Sheet1" table:style-name="Sheet">
      <table:table-column table:default-cell-style-name="Default"/>
      <table:table-row><table:table-cell/></table:table-row>
    </table:table>`,
  })
}
