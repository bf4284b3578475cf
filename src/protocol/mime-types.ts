const office = 'application/vnd.openxmlformats-officedocument.'
const openDocument = 'application/vnd.oasis.opendocument.'
const sunOffice = 'application/vnd.sun.xml.'

/** The registered or, where there is none, the usual type of each format that office clients and browsers open. */
const typeOf: ReadonlyMap<string, string> = new Map(
  Object.entries({
    // Word processing
    doc: 'application/msword',
    dot: 'application/msword',
    docm: 'application/vnd.ms-word.document.macroEnabled.12',
    docx: `${office}wordprocessingml.document`,
    dotm: 'application/vnd.ms-word.template.macroEnabled.12',
    dotx: `${office}wordprocessingml.template`,
    epub: 'application/epub+zip',
    fodt: `${openDocument}text-flat-xml`,
    odm: `${openDocument}text-master`,
    odt: `${openDocument}text`,
    ott: `${openDocument}text-template`,
    pages: 'application/vnd.apple.pages',
    rtf: 'application/rtf',
    sxw: `${sunOffice}writer`,
    wpd: 'application/vnd.wordperfect',

    // Spreadsheets
    csv: 'text/csv',
    fods: `${openDocument}spreadsheet-flat-xml`,
    numbers: 'application/vnd.apple.numbers',
    ods: `${openDocument}spreadsheet`,
    ots: `${openDocument}spreadsheet-template`,
    sxc: `${sunOffice}calc`,
    tsv: 'text/tab-separated-values',
    xls: 'application/vnd.ms-excel',
    xlsb: 'application/vnd.ms-excel.sheet.binary.macroEnabled.12',
    xlsm: 'application/vnd.ms-excel.sheet.macroEnabled.12',
    xlsx: `${office}spreadsheetml.sheet`,
    xltm: 'application/vnd.ms-excel.template.macroEnabled.12',
    xltx: `${office}spreadsheetml.template`,

    // Presentations
    fodp: `${openDocument}presentation-flat-xml`,
    key: 'application/vnd.apple.keynote',
    odp: `${openDocument}presentation`,
    otp: `${openDocument}presentation-template`,
    potm: 'application/vnd.ms-powerpoint.template.macroEnabled.12',
    potx: `${office}presentationml.template`,
    pps: 'application/vnd.ms-powerpoint',
    ppsm: 'application/vnd.ms-powerpoint.slideshow.macroEnabled.12',
    ppsx: `${office}presentationml.slideshow`,
    ppt: 'application/vnd.ms-powerpoint',
    pptm: 'application/vnd.ms-powerpoint.presentation.macroEnabled.12',
    pptx: `${office}presentationml.presentation`,
    sxi: `${sunOffice}impress`,

    // Drawings and diagrams
    odg: `${openDocument}graphics`,
    otg: `${openDocument}graphics-template`,
    fodg: `${openDocument}graphics-flat-xml`,
    vsd: 'application/vnd.visio',
    vsdm: 'application/vnd.ms-visio.drawing.macroEnabled.12',
    vsdx: 'application/vnd.ms-visio.drawing',

    // Fixed pages
    djvu: 'image/vnd.djvu',
    oxps: 'application/oxps',
    pdf: 'application/pdf',
    xps: 'application/vnd.ms-xpsdocument',

    // Text
    css: 'text/css',
    htm: 'text/html',
    html: 'text/html',
    js: 'text/javascript',
    json: 'application/json',
    md: 'text/markdown',
    txt: 'text/plain',
    xml: 'application/xml',
    yaml: 'application/yaml',
    yml: 'application/yaml',

    // Images
    avif: 'image/avif',
    bmp: 'image/bmp',
    gif: 'image/gif',
    jpeg: 'image/jpeg',
    jpg: 'image/jpeg',
    png: 'image/png',
    svg: 'image/svg+xml',
    tif: 'image/tiff',
    tiff: 'image/tiff',
    webp: 'image/webp',
  }),
)

/**
 * The MIME type of a file by the extension of its name, in either case, with or without its dot; null when it is not in
 * our table. Types that only say "some text" are left out on purpose, so that no client is offered a format under the
 * type of another.
 *
 * @see https://www.iana.org/assignments/media-types/media-types.xhtml
 */
export function mimeTypeOf(extension: string): string | null {
  return typeOf.get(extension.replace(/^\./, '').toLowerCase()) ?? null
}
