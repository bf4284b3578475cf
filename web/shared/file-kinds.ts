import { nameParts } from './format.js'

/** What a file is to a person: decides its picture and the word for it. */
export type FileKind =
  | 'document'
  | 'sheet'
  | 'slides'
  | 'pdf'
  | 'text'
  | 'image'
  | 'video'
  | 'audio'
  | 'archive'
  | 'code'
  | 'other'

const extensions: Readonly<Record<Exclude<FileKind, 'other'>, string>> = {
  document: 'doc docm docx dot dotm dotx fodt hwp odt ott pages rtf sxw wpd wps',
  sheet: 'csv et fods numbers ods ots sxc tsv xls xlsb xlsm xlsx xlt xltm xltx',
  slides: 'dps fodp key odp otp pot potm potx pps ppsm ppsx ppt pptm pptx sxi',
  pdf: 'djvu oxps pdf xps',
  text: 'log markdown md rst tex txt',
  image: 'avif bmp gif heic ico jpeg jpg png svg tif tiff webp',
  video: 'avi m4v mkv mov mp4 mpeg mpg webm',
  audio: 'aac flac m4a mp3 oga ogg opus wav',
  archive: '7z bz2 gz rar tar tgz xz zip zst',
  code: 'c cpp css go h htm html java js json jsx py rb rs sh sql toml ts tsx xml yaml yml',
}

const kinds = new Map<string, FileKind>(
  Object.entries(extensions).flatMap(([kind, list]) =>
    list.split(' ').map((extension): [string, FileKind] => [extension, kind as FileKind]),
  ),
)

/** Judged by the ending of the name. */
export function fileKind(name: string): FileKind {
  return kinds.get(extensionOf(name)) ?? 'other'
}

/** The ending in lower case, without its dot; '' when there is none. */
export function extensionOf(name: string): string {
  return nameParts(name).extension.slice(1).toLowerCase()
}

const previewable: ReadonlySet<string> = new Set('avif bmp gif jpeg jpg pdf png webp'.split(' '))

/** Whether the library itself can show it, without a client. */
export function canPreview(name: string): boolean {
  const kind = fileKind(name)
  return (
    previewable.has(extensionOf(name)) || kind === 'text' || kind === 'code' || extensionOf(name) === 'csv'
  )
}

/** Whether two versions can be compared line by line. */
export function isText(name: string): boolean {
  const kind = fileKind(name)
  return kind === 'text' || kind === 'code' || /^(csv|tsv|svg)$/.test(extensionOf(name))
}

/** Pictures that an editor can insert. */
export function isInsertableImage(name: string): boolean {
  return /^(bmp|gif|jpe?g|png|webp)$/.test(extensionOf(name))
}
