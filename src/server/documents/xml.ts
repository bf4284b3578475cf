/** A piece of XML in which every text has been escaped. Only the tag {@link xml} makes one. */
export interface Xml {
  readonly markup: string
}

/** What may stand in a hole of an {@link xml} template: plain text and numbers are escaped, XML is taken as it is. */
export type XmlValue = string | number | Xml | readonly Xml[]

/**
 * Template tag for XML: `` xml`<w:t>${text}</w:t>` ``. The one place where text becomes XML, so that nothing can be
 * forgotten: whatever stands in a hole and is not itself {@link Xml} is escaped for text and double-quoted attributes,
 * and characters that XML 1.0 cannot carry become U+FFFD. Line breaks and indentation of the template between two
 * elements are left out of the result.
 */
export function xml(fixed: TemplateStringsArray, ...values: readonly XmlValue[]): Xml {
  let markup = ''
  fixed.forEach((piece, index) => {
    markup += withoutIndentation(piece) + markupOf(values[index] ?? '')
  })
  return { markup }
}

function markupOf(value: XmlValue): string {
  if (typeof value === 'string') return escaped(value)
  if (typeof value === 'number') return String(value)
  return 'markup' in value ? value.markup : value.map((part) => part.markup).join('')
}

const forbidden = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu

function escaped(text: string): string {
  return text
    .replace(forbidden, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

/** Drops a line break only where both neighbours are elements or holes, so attributes may be spread over lines. */
function withoutIndentation(piece: string): string {
  return piece.replace(/(^|>)\s*\n\s*(?=<|$)/g, '$1')
}
