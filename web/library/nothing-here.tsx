import { useEffect } from 'preact/hooks'
import { Notice } from '../shared/notice.js'
import { pages } from '../shared/place.js'
import { words } from '../shared/words/words.js'

/** Where an address leads to nothing, or to nothing that this person may see. */
export function NothingHere() {
  useEffect(() => {
    document.title = `${words.app.notFound} – ${words.app.name}`
  }, [])
  return (
    <Notice first icon="alert" title={words.app.notFound} sentence={words.app.notFoundHelp}>
      <a class="button" href={pages.root()}>
        {words.app.toDocuments}
      </a>
    </Notice>
  )
}
