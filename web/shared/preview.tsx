// biome-ignore-all lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
// biome-ignore-all lint/a11y/useSemanticElements: its element says what it is to readers; the role names it for screen readers.
import { useEffect, useState } from 'preact/hooks'
import type { Item, Rescued, Version } from './api-types.js'
import { Dialog, showDialog } from './dialogs.js'
import { extensionOf, fileKind } from './file-kinds.js'
import { readableName } from './format.js'
import { apiAddress } from './place.js'
import { words } from './words/words.js'

/** Shows a picture, a text or a PDF over the page, without a client: as it is now, or as it was in a version. */
export function showPreview(item: Item, version?: Version): Promise<void> {
  const { name } = item
  if (version) return showContent({ name, ...kept(`/files/${item.id}/versions/${version.version}/content`) })
  return showContent({
    name,
    download: apiAddress(`/items/${item.id}/download`),
    address: apiAddress(`/items/${item.id}/preview?version=${encodeURIComponent(item.version ?? '')}`),
    page: item.thumbnail,
  })
}

/** Shows what was to be saved, as {@link showPreview} would have. */
export function showRescued({ id, name }: Rescued): Promise<void> {
  return showContent({ name, ...kept(`/rescued/${id}/content`) })
}

interface Shown {
  readonly name: string
  readonly download: string
  readonly address: string
  /** Where a picture of the first page is, if there is one. */
  readonly page: string | null
}

/** Where content is that never changes and has no picture of its own. */
function kept(path: string): Omit<Shown, 'name'> {
  const download = apiAddress(path)
  return { download, address: `${download}?inline=true`, page: null }
}

async function showContent(shown: Shown): Promise<void> {
  await showDialog<null>((close) => (
    <Dialog
      title={<bdi>{readableName(shown.name)}</bdi>}
      width="huge"
      onClose={() => close(null)}
      commands={
        <>
          <a class="button" href={shown.download} download>
            {words.actions.download}
          </a>
          <button type="button" class="button primary" data-focus onClick={() => close(null)}>
            {words.actions.close}
          </button>
        </>
      }
    >
      <Content {...shown} />
    </Dialog>
  ))
}

function Content({ name, address, page }: Shown) {
  const [failed, setFailed] = useState(false)
  const label = words.preview.title(readableName(name))
  if (failed) return <p class="preview empty-small">{words.preview.failed}</p>
  if (fileKind(name) === 'image')
    return <img class="preview" src={address} alt={label} onError={() => setFailed(true)} />
  if (extensionOf(name) === 'pdf') {
    if (navigator.pdfViewerEnabled) return <iframe class="preview" src={address} title={label} />
    return <FirstPage address={page} label={label} onFail={() => setFailed(true)} />
  }
  return <Text address={address} label={label} onFail={() => setFailed(true)} />
}

/** For browsers without a viewer of PDF documents, such as those of phones. */
function FirstPage({
  address,
  label,
  onFail,
}: {
  address: string | null
  label: string
  onFail: () => void
}) {
  if (address === null) return <p class="preview empty-small">{words.preview.failed}</p>
  return (
    <>
      <img class="preview" src={address} alt={label} onError={onFail} />
      <p class="quiet">{words.preview.firstPage}</p>
    </>
  )
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
