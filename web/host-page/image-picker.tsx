import { useState } from 'preact/hooks'
import { api, sentenceFor, session } from '../shared/api.js'
import type { FolderPage, Item } from '../shared/api-types.js'
import { Dialog, showDialog } from '../shared/dialogs.js'
import { isInsertableImage } from '../shared/file-kinds.js'
import { readableName } from '../shared/format.js'
import { Icon } from '../shared/icons.js'
import { useResource } from '../shared/resource.js'
import { Thumbnail } from '../shared/thumbnail.js'
import { toastProblem } from '../shared/toasts.js'
import { words } from '../shared/words/words.js'

/** Lets the person pick an image of the library; the address under which the editor can fetch it, or null. */
export async function askImage(folderId: string | null): Promise<string | null> {
  const start = folderId ?? session.value?.rootId
  if (!start) return null
  const image = await showDialog<Item>((close) => (
    <Dialog
      title={words.frame.insertImage}
      width="wide"
      onClose={() => close(null)}
      commands={
        <button type="button" class="button" onClick={() => close(null)}>
          {words.actions.cancel}
        </button>
      }
    >
      <Images start={start} onChoose={close} />
    </Dialog>
  ))
  if (!image) return null
  try {
    return (await api<{ url: string }>(`/items/${image.id}/link`, { method: 'POST' })).url
  } catch (error) {
    toastProblem(error)
    return null
  }
}

const MOST_ITEMS = 1000

function Images({ start, onChoose }: { start: string; onChoose: (image: Item) => void }) {
  const [folderId, setFolderId] = useState(start)
  const { value, error } = useResource(folderId, () =>
    api<FolderPage>(`/folders/${folderId}`, { query: { sort: 'name', limit: MOST_ITEMS } }),
  )
  const above = value?.folder.path.at(-2)
  const shown = value?.items.filter((item) => item.kind === 'folder' || isInsertableImage(item.name)) ?? []
  return (
    <>
      {Boolean(error) && <p class="dialog-note error">{sentenceFor(error)}</p>}
      {above && (
        <p>
          <button type="button" class="button" onClick={() => setFolderId(above.id)}>
            <Icon name="back" small />
            {readableName(above.name)}
          </button>
        </p>
      )}
      <div class="images" aria-busy={value === null}>
        {shown.map((item) => (
          <button
            key={item.id}
            type="button"
            onClick={() => (item.kind === 'folder' ? setFolderId(item.id) : onChoose(item))}
          >
            <Thumbnail item={item} />
            <bdi class="cut">{readableName(item.name)}</bdi>
          </button>
        ))}
        {value && shown.length === 0 && <p class="quiet">{words.frame.noImages}</p>}
      </div>
    </>
  )
}
