import { type FileKind, fileKind } from './file-kinds.js'

/** What stands on the sheet of paper, by kind; drawn in the colour of the kind. */
const marks: Readonly<Record<FileKind, string>> = {
  document: 'M10 15h12M10 19h12M10 23h8',
  sheet: 'M10 14.500h12v9H10zM10 19h12M15 14.500v9',
  slides: 'M10 14.500h12v7H10zM16 21.500v3',
  pdf: 'M10.5 23.500c4-2 6-5.5 6-9.5 0 4 2 6.5 5.5 7-4-.5-8 .5-11.5 2.500z',
  text: 'M10 15h12M10 19h9M10 23h11',
  image: 'M10 23.500l4-5 3 3 2-2.5 3 4.500zM19 15.500h.01',
  video: 'M13.5 15v8l7-4z',
  audio: 'M14 23v-8.500l6-1.500v8M14 23a2 1.7 0 11-4 0 2 1.7 0 014 0zM20 21a2 1.7 0 11-4 0 2 1.7 0 014 0z',
  archive: 'M16 5v3M16 10v3M16 15v2M14 19h4v4h-4z',
  code: 'M13.5 15.500L10 19l3.5 3.500M18.5 15.500L22 19l-3.5 3.5',
  other: '',
}

/** A picture of what an item is; its name stands beside it, so it says nothing by itself. */
export function FileIcon({ kind, name }: { kind: 'file' | 'folder'; name: string }) {
  if (kind === 'folder') {
    return (
      <svg class="file-icon folder" viewBox="0 0 32 32" aria-hidden="true">
        <path
          class="back"
          d="M3 8.500A2.5 2.5 0 015.5 6h6.700l3 3.500h11.300A2.5 2.5 0 0129 12v12a2.5 2.5 0 01-2.5 2.500h-21A2.5 2.5 0 013 24z"
        />
        <path class="front" d="M3 13.500h26V24a2.5 2.5 0 01-2.5 2.500h-21A2.5 2.5 0 013 24z" />
      </svg>
    )
  }
  const type = fileKind(name)
  return (
    <svg class={`file-icon ${type}`} viewBox="0 0 32 32" aria-hidden="true">
      <path class="paper" d="M6 5a2 2 0 012-2h11l7 7v17a2 2 0 01-2 2H8a2 2 0 01-2-2z" />
      <path class="fold" d="M19 3v5.500a1.5 1.5 0 001.5 1.500H26" />
      <path class="mark" d={marks[type]} />
    </svg>
  )
}
