import { useState } from 'preact/hooks'
import type { Item } from './api-types.js'
import { FileIcon } from './file-icon.js'
import { fileKind } from './file-kinds.js'

/** The small picture of an item, or the icon of its kind where there is none or it cannot be made. */
export function Thumbnail({
  item: { kind, name, thumbnail },
}: {
  item: Pick<Item, 'kind' | 'name' | 'thumbnail'>
}) {
  const [failed, setFailed] = useState('')
  if (!thumbnail || failed === thumbnail) return <FileIcon kind={kind} name={name} />
  return (
    <img
      class={fileKind(name) === 'image' ? '' : 'from-top'}
      src={thumbnail}
      alt=""
      loading="lazy"
      draggable={false}
      onError={() => setFailed(thumbnail)}
    />
  )
}
