// biome-ignore-all lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
// biome-ignore-all lint/a11y/useSemanticElements: its element says what it is to readers; the role names it for screen readers.
import { useEffect, useState } from 'preact/hooks'
import type { Item } from '../shared/api-types.js'
import { Dialog, showDialog } from '../shared/dialogs.js'
import { extensionOf, fileKind } from '../shared/file-kinds.js'
import { readableName } from '../shared/format.js'
import { apiAddress } from '../shared/place.js'
import { words } from '../shared/words/words.js'
import { download } from './commands.js'

/** Shows a picture, a text or a PDF over the page, without a client. */
export async function showPreview(item: Item): Promise<void> {
  await showDialog<null>((close) => (
    <Dialog
      title={<bdi>{readableName(item.name)}</bdi>}
      width="huge"
      onClose={() => close(null)}
      commands={
        <>
          <button type="button" class="button" onClick={() => download([item])}>
            {words.actions.download}
          </button>
          <button type="button" class="button primary" data-focus onClick={() => close(null)}>
            {words.actions.close}
          </button>
        </>
      }
    >
      <Content item={item} />
    </Dialog>
  ))
}

function Content({ item }: { item: Item }) {
  const [failed, setFailed] = useState(false)
  const address = apiAddress(`/items/${item.id}/preview?version=${encodeURIComponent(item.version ?? '')}`)
  const label = words.preview.title(readableName(item.name))
  if (failed) return <p class="preview empty-small">{words.preview.failed}</p>
  if (fileKind(item.name) === 'image')
    return <img class="preview" src={address} alt={label} onError={() => setFailed(true)} />
  if (extensionOf(item.name) === 'pdf') return <iframe class="preview" src={address} title={label} />
  return <Text address={address} label={label} onFail={() => setFailed(true)} />
}

/** A reader of a megabyte of text opens it in an editor. */
const MOST_CHARACTERS = 200_000

function Text({ address, label, onFail }: { address: string; label: string; onFail: () => void }) {
  const [text, setText] = useState<string | null>(null)
  useEffect(() => {
    const stop = new AbortController()
    fetch(address, { signal: stop.signal })
      .then(async (response) => (response.ok ? setText(await response.text()) : onFail()))
      .catch(() => stop.signal.aborted || onFail())
    return () => stop.abort()
  }, [address])
  return (
    <>
      <pre class="preview" tabIndex={0} role="region" aria-label={label} aria-busy={text === null}>
        {text?.slice(0, MOST_CHARACTERS)}
      </pre>
      {text !== null && text.length > MOST_CHARACTERS && <p class="quiet">{words.preview.cut}</p>}
    </>
  )
}
