import { useEffect, useRef } from 'preact/hooks'
import { api } from './api.js'
import type { Item, Rescued, Version } from './api-types.js'
import { confirm } from './dialogs.js'
import { evenIfOpen, forced } from './even-if-open.js'
import { canPreview, isText } from './file-kinds.js'
import { agoText, fullTimeText, listText, readableName, sizeText } from './format.js'
import { Icon } from './icons.js'
import { type MenuEntry, showMenu } from './menus.js'
import { apiAddress } from './place.js'
import { RescuedList } from './rescued-list.js'
import { useResource } from './resource.js'
import { toast, toastProblem } from './toasts.js'
import { words } from './words/words.js'

/** The history of a file at the side of the page, with the saves of it that had to be rescued. */
export function VersionsPanel({ file, onClose }: { file: Item; onClose: () => void }) {
  const title = useRef<HTMLHeadingElement>(null)
  const { value, error, reload } = useResource(
    file.id,
    async () => {
      const [{ versions }, { rescued }] = await Promise.all([
        api<{ versions: Version[] }>(`/files/${file.id}/versions`),
        api<{ rescued: Rescued[] }>('/rescued', { query: { fileId: file.id } }),
      ])
      return { versions, rescued }
    },
    (event) => 'fileId' in event && event.fileId === file.id && event.type !== 'presence',
  )
  useEffect(() => title.current?.focus(), [file.id])
  const mayChange = file.role === 'owner' || file.role === 'editor'
  const newest = value?.versions.find(({ current }) => current)
  const lastGood = value?.versions.find(
    (version) => !version.current && version.available && version.suspicious === null,
  )

  async function restore(version: Version, asked: boolean) {
    const time = fullTimeText(version.at)
    const sure =
      asked ||
      (await confirm({
        title: words.versions.restore,
        sentence: words.versions.restoreQuestion(time),
        submit: words.versions.restore,
      }))
    if (!sure) return
    try {
      const done = await evenIfOpen((force) =>
        api(`/files/${file.id}/versions/${version.version}/restore`, { method: 'POST', ...forced(force) }),
      )
      if (done) toast(words.versions.restored(time))
    } catch (problem) {
      toastProblem(problem)
    }
    await reload()
  }

  async function pin(version: Version) {
    try {
      await api(`/files/${file.id}/versions/${version.version}/pin`, {
        method: version.pinned ? 'DELETE' : 'PUT',
      })
    } catch (problem) {
      toastProblem(problem)
    }
    await reload()
  }

  return (
    <aside
      class="panel"
      aria-label={words.versions.title}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose()
      }}
    >
      <div class="panel-head">
        <h2 ref={title} tabIndex={-1}>
          {words.versions.title}
          <small class="cut">
            <bdi>{readableName(file.name)}</bdi>
          </small>
        </h2>
        <button
          type="button"
          class="button plain square"
          aria-label={words.actions.close}
          title={words.actions.close}
          onClick={onClose}
        >
          <Icon name="close" />
        </button>
      </div>
      <div class="panel-body" aria-busy={value === null && !error}>
        {Boolean(error) && (
          <p class="dialog-note error" role="alert">
            {words.versions.failed}
          </p>
        )}
        {newest?.suspicious && (
          <section class="panel-note error">
            <h3>{words.versions.suspiciousFile}</h3>
            <p>{newest.suspicious}</p>
            {lastGood && mayChange ? (
              <button type="button" class="button primary" onClick={() => restore(lastGood, true)}>
                {words.versions.goBack}
              </button>
            ) : (
              <p>{words.versions.noGood}</p>
            )}
          </section>
        )}
        {value && value.rescued.length > 0 && (
          <section class="panel-note warning">
            <h3>{words.rescued.ofFile(value.rescued.length)}</h3>
            <RescuedList rescued={value.rescued} named={false} onChange={reload} />
          </section>
        )}
        {value && value.versions.length < 2 && <p class="panel-empty quiet">{words.versions.none}</p>}
        <ol class="versions">
          {value?.versions.map((version) => (
            <VersionRow
              key={version.version}
              file={file}
              version={version}
              mayChange={mayChange}
              onRestore={() => restore(version, false)}
              onPin={() => pin(version)}
            />
          ))}
        </ol>
      </div>
    </aside>
  )
}

function VersionRow(props: {
  readonly file: Item
  readonly version: Version
  readonly mayChange: boolean
  readonly onRestore: () => void
  readonly onPin: () => void
}) {
  const { file, version, mayChange, onRestore, onPin } = props
  const { at, size, origin, user, editors, current, pinned, suspicious, available } = version
  const names = [...new Set(user ? [user.name, ...editors] : editors)].filter(
    (name) => name !== '' && name !== user?.id,
  )
  const content = `/files/${file.id}/versions/${version.version}/content`
  const time = fullTimeText(at)

  const entries: MenuEntry[] = [
    ...(available && canPreview(file.name)
      ? [
          {
            label: words.versions.view,
            icon: 'eye' as const,
            run: async () => (await import('./preview.js')).showPreview(file, version),
          },
        ]
      : []),
    ...(available && isText(file.name) && !current
      ? [
          {
            label: words.versions.compare,
            icon: 'compare' as const,
            run: async () => (await import('./compare-dialog.js')).showComparison(file, version),
          },
        ]
      : []),
    ...(available
      ? [
          {
            label: words.actions.download,
            icon: 'download' as const,
            href: apiAddress(content),
            download: true,
          },
        ]
      : []),
    ...(mayChange && available && !current
      ? [{ label: words.versions.restore, icon: 'restore' as const, run: onRestore }]
      : []),
    ...(mayChange
      ? [{ label: pinned ? words.versions.unpin : words.versions.pin, icon: 'pin' as const, run: onPin }]
      : []),
  ]

  return (
    <li class={current ? 'version current' : 'version'}>
      <div class="version-text">
        <p>
          <time dateTime={new Date(at).toISOString()} title={time} class="strong">
            {agoText(at)}
          </time>
          {current && <span class="badge good">{words.versions.current}</span>}
          {pinned && (
            <span class="badge">
              <Icon name="pin" />
              {words.versions.pinned}
            </span>
          )}
        </p>
        <p class="quiet">
          {words.versions.origins[origin]}
          {names.length > 0 && ` ${words.versions.by(listText(names))}`} · {sizeText(size)}
        </p>
        {suspicious && (
          <p>
            <span class="badge error" title={suspicious}>
              <Icon name="alert" />
              {words.versions.suspicious}
            </span>
          </p>
        )}
      </div>
      <button
        type="button"
        class="button plain square"
        aria-haspopup="menu"
        aria-label={words.actions.moreFor(time)}
        onClick={({ currentTarget }) => showMenu(time, entries, currentTarget)}
      >
        <Icon name="more" />
      </button>
    </li>
  )
}
