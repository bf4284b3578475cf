import { useEffect } from 'preact/hooks'
import { api } from '../shared/api.js'
import type { BinItem, Item } from '../shared/api-types.js'
import { confirm } from '../shared/dialogs.js'
import { FileIcon } from '../shared/file-icon.js'
import { agoText, fullTimeText, readableName, sizeText } from '../shared/format.js'
import { Notice } from '../shared/notice.js'
import { useResource } from '../shared/resource.js'
import { toast, toastProblem } from '../shared/toasts.js'
import { words } from '../shared/words/words.js'
import { PageBody } from './page-body.js'

/** What was deleted, until it is restored or gone for ever. */
export function BinPage() {
  const { value, error, reload } = useResource(
    'bin',
    () => api<{ items: BinItem[] }>('/bin'),
    (event) => event.type === 'item-removed' || event.type === 'item-added',
  )
  const items = value?.items ?? []
  useEffect(() => {
    document.title = `${words.bin.title} – ${words.app.name}`
  }, [])

  async function act(attempt: () => Promise<unknown>) {
    try {
      await attempt()
    } catch (problem) {
      toastProblem(problem)
    }
    await reload()
  }
  const restore = (item: BinItem) =>
    act(async () => {
      const back = await api<Item>(`/bin/${item.id}/restore`, { method: 'POST' })
      toast(words.remove.restored(readableName(back.name)))
    })
  const destroy = (item: BinItem) =>
    act(async () => {
      const sure = await confirm({
        title: words.bin.destroy,
        sentence: words.bin.destroyQuestion(readableName(item.name)),
        submit: words.bin.destroy,
        danger: true,
      })
      if (sure) await api(`/bin/${item.id}`, { method: 'DELETE' })
    })
  const empty = () =>
    act(async () => {
      const sure = await confirm({
        title: words.bin.emptyNow,
        sentence: words.bin.emptyQuestion(items.length),
        submit: words.bin.emptyNow,
        danger: true,
      })
      if (sure) await api('/bin', { method: 'DELETE' })
    })

  return (
    <PageBody
      title={words.bin.title}
      error={error}
      command={
        items.length > 0 && (
          <button type="button" class="button" onClick={empty}>
            {words.bin.emptyNow}
          </button>
        )
      }
    >
      {value && items.length === 0 && (
        <Notice icon="bin" title={words.bin.empty} sentence={words.bin.emptyHelp} />
      )}
      <ul class="lines" aria-label={words.bin.contents}>
        {items.map((item) => (
          <li key={item.id}>
            <FileIcon kind={item.kind} name={item.name} />
            <div class="main">
              <bdi class="strong">{readableName(item.name)}</bdi>
              <p class="quiet">
                {item.path !== '' && <bdi>{words.library.inFolder(readableName(item.path))} · </bdi>}
                <time dateTime={new Date(item.at).toISOString()} title={fullTimeText(item.at)}>
                  {words.bin.deleted(agoText(item.at), item.by ?? '')}
                </time>
                {item.kind === 'file' && ` · ${sizeText(item.size)}`}
              </p>
            </div>
            <div class="commands">
              <button
                type="button"
                class="button"
                aria-label={`${words.bin.restore}: ${readableName(item.name)}`}
                onClick={() => restore(item)}
              >
                {words.bin.restore}
              </button>
              <button
                type="button"
                class="button plain"
                aria-label={`${words.bin.destroy}: ${readableName(item.name)}`}
                onClick={() => destroy(item)}
              >
                {words.bin.destroy}
              </button>
            </div>
          </li>
        ))}
      </ul>
    </PageBody>
  )
}
