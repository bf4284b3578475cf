import { useEffect } from 'preact/hooks'
import { api } from '../shared/api.js'
import type { Rescued } from '../shared/api-types.js'
import { Notice } from '../shared/notice.js'
import { RescuedList } from '../shared/rescued-list.js'
import { useResource } from '../shared/resource.js'
import { words } from '../shared/words/words.js'
import { PageBody } from './page-body.js'

/** Every save that could not become a version, of all documents this person may see. */
export function RescuedPage() {
  const { value, error, reload } = useResource(
    'rescued',
    () => api<{ rescued: Rescued[] }>('/rescued'),
    ({ type }) => type === 'save-refused' || type === 'rescued-settled' || type === 'item-removed',
  )
  // The host page links to the one it speaks of.
  const marked = location.hash.replace(/^#rescued-/, '') || null
  useEffect(() => {
    document.title = `${words.rescued.title} – ${words.app.name}`
  }, [])
  useEffect(() => {
    if (marked) document.getElementById(`rescued-${marked}`)?.scrollIntoView({ block: 'center' })
  }, [value === null])
  return (
    <PageBody title={words.rescued.title} error={error}>
      {value && value.rescued.length === 0 && (
        <Notice icon="rescued" title={words.rescued.empty} sentence={words.rescued.emptyHelp} />
      )}
      {value && value.rescued.length > 0 && (
        <>
          <p class="quiet">{words.rescued.intro}</p>
          <RescuedList rescued={value.rescued} named onChange={reload} marked={marked} />
        </>
      )}
    </PageBody>
  )
}
