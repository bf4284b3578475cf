// biome-ignore-all lint/a11y/useSemanticElements: commands are no fields of a form.
import { useRef } from 'preact/hooks'
import { session } from '../shared/api.js'
import type { SortKey } from '../shared/api-types.js'
import { FileIcon } from '../shared/file-icon.js'
import { Icon, type IconName } from '../shared/icons.js'
import { type MenuEntry, showMenu } from '../shared/menus.js'
import { pages } from '../shared/place.js'
import { placeName } from '../shared/place-name.js'
import { words } from '../shared/words/words.js'
import { copy, download, mayChange, move, remove } from './commands.js'
import { draggedIds, draggedItems, endDrag } from './drag.js'
import { chosenFiles } from './dropped-files.js'
import { folder, itemsOf, reload } from './folder-list.js'
import { askNewDocument, askNewFolder } from './item-dialogs.js'
import { revealItem } from './item-grid.js'
import { showItemMenu } from './item-menu.js'
import { openItem } from './open-item.js'
import { selection } from './selected.js'
import { uploadFiles } from './uploads-state.js'
import { changeView, viewSettings } from './view-settings.js'

/** Above the list: where one is, and what can be done here or with what is selected. */
export function ToolBar({ title, search, writable }: { title: string; search: string; writable: boolean }) {
  const count = selection.value.ids.size
  return (
    <div class="tool-bar">
      {search === '' ? <Breadcrumb title={title} /> : <h1 class="cut">{title}</h1>}
      <div class="commands">
        {count > 0 ? (
          <SelectionCommands count={count} />
        ) : (
          <>
            {writable && <NewMenu />}
            {writable && <UploadButton />}
          </>
        )}
        <span class="view-commands">
          {search === '' && <SortMenu />}
          <LayoutSwitch />
        </span>
      </div>
    </div>
  )
}

function Breadcrumb({ title }: { title: string }) {
  const path = folder.value?.path ?? []
  const above = path.slice(0, -1)
  return (
    <nav class="breadcrumb" aria-label={words.library.path}>
      <ol>
        {above.map((step) => (
          <li key={step.id}>
            <a
              class="cut"
              href={step.id === session.value?.rootId ? pages.root() : pages.folder(step.id)}
              onDragOver={(event) => draggedIds.value.size > 0 && event.preventDefault()}
              onDrop={(event) => {
                event.preventDefault()
                void move(draggedItems(), step)
                endDrag()
              }}
            >
              <bdi>{placeName(step)}</bdi>
            </a>
            <Icon name="chevron" small />
          </li>
        ))}
        <li>
          <h1 class="cut" aria-current="page">
            <bdi>{title}</bdi>
          </h1>
        </li>
      </ol>
    </nav>
  )
}

function SelectionCommands({ count }: { count: number }) {
  const chosen = itemsOf(selection.value.ids)
  const changeable = chosen.every(mayChange)
  const commands: readonly (readonly [IconName, string, () => unknown, boolean])[] = [
    ['download', words.actions.download, () => download(chosen), true],
    ['move', words.actions.move, async () => (await import('./folder-tree.js')).askMove(chosen), changeable],
    ['copy', words.actions.copy, () => copy(chosen), changeable],
    ['bin', words.actions.remove, () => remove(chosen), changeable],
  ]
  return (
    <div class="selection" role="group" aria-label={words.library.selected(count)}>
      <button
        type="button"
        class="button plain square"
        aria-label={words.actions.clear}
        title={words.actions.clear}
        onClick={() => {
          selection.value = { ...selection.value, ids: new Set() }
        }}
      >
        <Icon name="close" />
      </button>
      <span class="selection-count" role="status">
        {words.library.selected(count)}
      </span>
      {commands.map(
        ([icon, label, run, possible]) =>
          possible && (
            <button
              key={icon}
              type="button"
              // On a phone they are found behind the last button, with the rest.
              class={`button plain square ${icon === 'move' || icon === 'copy' ? 'wide-only' : ''}`}
              aria-label={label}
              title={label}
              onClick={run}
            >
              <Icon name={icon} />
            </button>
          ),
      )}
      <button
        type="button"
        class="button plain square"
        aria-haspopup="menu"
        aria-label={words.actions.more}
        title={words.actions.more}
        onClick={({ currentTarget }) => showItemMenu(chosen, currentTarget)}
      >
        <Icon name="more" />
      </button>
    </div>
  )
}

export function NewMenu() {
  const here = folder.value
  if (!here) return null
  const create = async (extension: string) => {
    const made = await askNewDocument(here.id, extension)
    if (!made) return
    await reload()
    if (made.open) await openItem(made)
    else revealItem(made.id)
  }
  const entries: MenuEntry[] = [
    {
      label: words.library.newFolder,
      picture: <FileIcon kind="folder" name="" />,
      run: async () => {
        const made = await askNewFolder(here.id)
        if (!made) return
        await reload()
        revealItem(made.id)
      },
    },
    'line',
    ...(session.value?.canCreate ?? []).map(
      (extension): MenuEntry => ({
        label: words.blank.kinds[extension] ?? extension,
        picture: <FileIcon kind="file" name={`a.${extension}`} />,
        run: () => create(extension),
      }),
    ),
  ]
  return (
    <button
      type="button"
      class="button primary"
      aria-haspopup="menu"
      onClick={({ currentTarget }) => showMenu(words.library.newItem, entries, currentTarget)}
    >
      <Icon name="plus" small />
      {words.library.newItem}
    </button>
  )
}

export function UploadButton() {
  const files = useRef<HTMLInputElement>(null)
  const whole = useRef<HTMLInputElement>(null)
  const here = folder.value
  if (!here) return null
  const chooseFolders = (field: HTMLInputElement | null) => {
    whole.current = field
    if (field) field.webkitdirectory = true
  }
  const take = (event: { readonly currentTarget: HTMLInputElement }) => {
    uploadFiles(chosenFiles(event.currentTarget.files), here.id)
    event.currentTarget.value = ''
  }
  const entries: MenuEntry[] = [
    { label: words.library.uploadFiles, icon: 'upload', run: () => files.current?.click() },
    { label: words.library.uploadFolder, icon: 'folderPlus', run: () => whole.current?.click() },
  ]
  return (
    <>
      <button
        type="button"
        class="button"
        aria-haspopup="menu"
        onClick={({ currentTarget }) => showMenu(words.library.upload, entries, currentTarget)}
      >
        <Icon name="upload" small />
        {words.library.upload}
      </button>
      <input ref={files} type="file" multiple hidden onChange={take} />
      <input ref={chooseFolders} type="file" hidden onChange={take} />
    </>
  )
}

const sortKeys: readonly SortKey[] = ['name', 'modified', 'size', 'kind']

function SortMenu() {
  const { sort, order } = viewSettings.value
  const entries: MenuEntry[] = [
    ...sortKeys.map(
      (key): MenuEntry => ({
        label: words.library.columns[key],
        checked: sort === key,
        run: () => changeView({ sort: key }),
      }),
    ),
    'line',
    {
      label: words.library.ascending,
      checked: order === 'asc',
      run: () => changeView({ order: 'asc' }),
    },
    {
      label: words.library.descending,
      checked: order === 'desc',
      run: () => changeView({ order: 'desc' }),
    },
  ]
  return (
    <button
      type="button"
      class="button plain square"
      aria-haspopup="menu"
      aria-label={words.library.sort}
      title={words.library.sort}
      onClick={({ currentTarget }) => showMenu(words.library.sort, entries, currentTarget)}
    >
      <Icon name="sort" />
    </button>
  )
}

function LayoutSwitch() {
  const { layout } = viewSettings.value
  const other = layout === 'list' ? 'grid' : 'list'
  return (
    <button
      type="button"
      class="button plain square"
      aria-label={words.library[other]}
      title={words.library[other]}
      onClick={() => changeView({ layout: other })}
    >
      <Icon name={other} />
    </button>
  )
}
