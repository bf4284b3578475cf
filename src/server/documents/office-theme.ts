import type { Locale } from './locale.js'
import { type OfficePart, officeNamespace } from './office-package.js'
import { type Xml, xml } from './xml.js'

const colors: readonly (readonly [name: string, rgb: string])[] = [
  ['dk1', '1F2328'],
  ['lt1', 'FFFFFF'],
  ['dk2', '1F3A5F'],
  ['lt2', 'EEF2F6'],
  ['accent1', '2563A8'],
  ['accent2', '2E8B57'],
  ['accent3', 'D97706'],
  ['accent4', 'B83A4B'],
  ['accent5', '6D4BA3'],
  ['accent6', '0F8B8D'],
  ['hlink', '1D5FBF'],
  ['folHlink', '6D4BA3'],
]

const accent = xml`<a:schemeClr val="phClr"/>`
const solid = xml`<a:solidFill>${accent}</a:solidFill>`
const noEffect = xml`<a:effectStyle><a:effectLst/></a:effectStyle>`

/**
 * The theme part that the three Office formats share: the colours and typefaces offered in the program's menus.
 * `path` is where the part lies in the package.
 */
export function officeTheme(path: string, locale: Locale): OfficePart {
  return {
    path,
    contentType: 'theme',
    content: xml`<a:theme xmlns:a="${officeNamespace.drawing}" name="Plain">
      <a:themeElements>
        <a:clrScheme name="Plain">
          ${colors.map(([name, rgb]) => xml`<a:${name}><a:srgbClr val="${rgb}"/></a:${name}>`)}
        </a:clrScheme>
        <a:fontScheme name="Plain">
          <a:majorFont>${typefaces(locale)}</a:majorFont>
          <a:minorFont>${typefaces(locale)}</a:minorFont>
        </a:fontScheme>
        <a:fmtScheme name="Plain">
          <a:fillStyleLst>${[solid, solid, solid]}</a:fillStyleLst>
          <a:lnStyleLst>${[6350, 12700, 19050].map((width) => xml`<a:ln w="${width}">${solid}</a:ln>`)}</a:lnStyleLst>
          <a:effectStyleLst>${[noEffect, noEffect, noEffect]}</a:effectStyleLst>
          <a:bgFillStyleLst>${[solid, solid, solid]}</a:bgFillStyleLst>
        </a:fmtScheme>
      </a:themeElements>
    </a:theme>`,
  }
}

function typefaces({ latinFont, eastAsianFont }: Locale): Xml {
  return xml`<a:latin typeface="${latinFont}"/><a:ea typeface="${eastAsianFont ?? ''}"/><a:cs typeface=""/>`
}
