import type { Language, Locale } from './locale.js'

const fieldLabel: Readonly<Record<Language, string>> = { en: 'Your text', 'zh-CN': '在此输入文字' }

/**
 * A one-page PDF 1.7 form with a large text field across the top of the sheet, in the language's paper size.
 * @see ISO 32000-1, sections 7.5 (file structure) and 12.7 (interactive forms)
 */
export function pdfForm(locale: Locale): Uint8Array {
  const { widthInPoints: width, heightInPoints: height } = locale.paper
  const margin = 72
  // Whole points, so that the border is equally crisp on all sides.
  const field = { width: Math.floor(width) - 2 * margin, height: 120 }
  const bottom = Math.floor(height) - margin - field.height
  const rectangle = [margin, bottom, margin + field.width, bottom + field.height]
  // Drawn here as well, because not every viewer draws a field from its description.
  const appearance = `0.96 0.97 0.99 rg 0.45 0.5 0.6 RG 1 w 0.5 0.5 ${field.width - 1} ${field.height - 1} re B
/Tx BMC EMC`
  return pdfFile([
    `<< /Type /Catalog /Pages 2 0 R /AcroForm 4 0 R /Lang (${locale.tag}) >>`,
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${width} ${height}] /Resources << >> /Annots [5 0 R] >>`,
    '<< /Fields [5 0 R] /DR << /Font << /Helv 6 0 R >> >> /DA (/Helv 12 Tf 0 g) >>',
    // Ff 4096: several lines. F 4: is printed.
    `<< /Type /Annot /Subtype /Widget /FT /Tx /Ff 4096 /T (Text1) /TU ${pdfText(fieldLabel[locale.language])} /V ()
/Rect [${rectangle.join(' ')}] /P 3 0 R /F 4 /DA (/Helv 12 Tf 0 g) /BS << /W 1 /S /S >>
/MK << /BC [0.45 0.5 0.6] /BG [0.96 0.97 0.99] >> /AP << /N 7 0 R >> >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>',
    `<< /Type /XObject /Subtype /Form /BBox [0 0 ${field.width} ${field.height}]
/Resources << /Font << /Helv 6 0 R >> >> /Length ${appearance.length} >>
stream
${appearance}
endstream`,
  ])
}

/** Numbers the objects from 1, the first being the catalog, and adds the table of their places. All of it is ASCII. */
function pdfFile(objects: readonly string[]): Uint8Array {
  let file = '%PDF-1.7\n'
  const places = objects.map((object, index) => {
    const place = file.length
    file += `${index + 1} 0 obj\n${object}\nendobj\n`
    return place
  })
  const table = file.length
  // Each entry of the table takes exactly 20 bytes.
  const entries = places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`)
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${entries.join('')}`
  file += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`
  return new TextEncoder().encode(file)
}

/** Text in any script: UTF-16 in hexadecimal digits. */
function pdfText(text: string): string {
  const marked = `\uFEFF${text}`
  const digits = Array.from({ length: marked.length }, (_, index) =>
    marked.charCodeAt(index).toString(16).padStart(4, '0'),
  )
  return `<${digits.join('')}>`
}
