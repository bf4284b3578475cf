import { useEffect, useRef } from 'preact/hooks'
import { api } from './api.js'
import type { Item, Opening, Rescued, Version } from './api-types.js'
import { canPreview, isText } from './file-kinds.js'
import { agoText, authorsOf, fullTimeText, listText, readableName, sizeText } from './format.js'
import { Icon } from './icons.js'
import { type MenuEntry, showMenu } from './menus.js'
import { apiAddress, pages } from './place.js'
import { RescuedList } from './rescued-list.js'
import { useResource } from './resource.js'
import { restoreVersion } from './restore-version.js'
import { toastProblem } from './toasts.js'
import { words } from './words/words.js'

/** The history of a file at the side of the page, with the saves of it that had to be rescued. */
export function VersionsPanel({ file, onClose }: { file: Item; onClose: () => void }) {
  const title = useRef<HTMLHeadingElement>(null)
  const { value, error, reload } = useResource(
    file.id,
    async () => {
      const [{ versions, view }, { rescued }] = await Promise.all([
        api<{ versions: Version[]; view: Opening | null }>(`/files/${file.id}/versions`),
        api<{ rescued: Rescued[] }>('/rescued', { query: { fileId: file.id } }),
      ])
      return { versions, rescued, viewable: view !== null }
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
    await restoreVersion(file.id, version, { asked })
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
              viewable={value.viewable}
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
  /** Whether a client shows old versions of it. */
  readonly viewable: boolean
  readonly mayChange: boolean
  readonly onRestore: () => void
  readonly onPin: () => void
}) {
  const { file, version, viewable, mayChange, onRestore, onPin } = props
  const { at, size, origin, current, pinned, suspicious, available } = version
  const names = authorsOf(version)
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
    // In a window of its own: the document stays open, and so does this list.
    ...(available && viewable && !current && !canPreview(file.name)
      ? [
          {
            label: words.versions.view,
            icon: 'eye' as const,
            href: pages.version(file.id, version.version),
            newWindow: true,
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
