import { session } from '../shared/api.js'
import type { Item } from '../shared/api-types.js'
import { canPreview } from '../shared/file-kinds.js'
import { readableName } from '../shared/format.js'
import { type MenuEntry, showMenu } from '../shared/menus.js'
import { pages } from '../shared/place.js'
import { words } from '../shared/words/words.js'
import { copy, download, mayChange, remove } from './commands.js'
import { askRename } from './item-dialogs.js'
import { openItem } from './open-item.js'
import { showVersions } from './side-panel.js'

/** What can be done with these items by this person, in the order of menus. */
function itemMenu(items: readonly Item[]): MenuEntry[] {
  const [first] = items
  if (!first) return []
  const one = items.length === 1 ? first : null
  const changeable = items.every(mayChange)
  const entries: (MenuEntry | false | null)[] = [
    one && { label: words.actions.open, icon: 'open', run: () => openItem(one) },
    ...(one ? waysToOpen(one) : []),
    // Whoever can open it for reading needs no other way to look at it.
    one?.kind === 'file' &&
      one.open === null &&
      canPreview(one.name) && {
        label: words.actions.preview,
        icon: 'eye',
        run: async () => (await import('../shared/preview.js')).showPreview(one),
      },
    { label: words.actions.download, icon: 'download', run: () => download(items) },
    'line',
    one?.role === 'owner' &&
      !session.value?.person?.guest && {
        label: words.actions.share,
        icon: 'share',
        run: async () => (await import('../shared/access-dialog.js')).showAccess(one),
      },
    one?.kind === 'file' &&
      changeable && { label: words.actions.versions, icon: 'history', run: () => showVersions(one) },
    changeable && one ? { label: words.actions.rename, icon: 'edit', run: () => askRename(one) } : false,
    changeable && {
      label: words.actions.move,
      icon: 'move',
      run: async () => (await import('./folder-tree.js')).askMove(items),
    },
    changeable && { label: words.actions.copy, icon: 'copy', run: () => copy(items) },
    {
      label: words.actions.copyTo,
      icon: 'copy',
      run: async () => (await import('./folder-tree.js')).askCopy(items),
    },
    changeable && 'line',
    changeable && { label: words.actions.remove, icon: 'bin', danger: true, run: () => remove(items) },
  ]
  return entries.filter((entry) => entry !== false && entry !== null)
}

function waysToOpen(item: Item): MenuEntry[] {
  if (item.kind === 'folder' || item.open === null) return []
  const viewing: MenuEntry[] =
    item.open.intent === 'edit'
      ? [
          {
            label: words.actions.view,
            icon: 'eye',
            href: pages.document(item.id, { action: 'view' }),
          },
        ]
      : []
  const ways = item.openWith ?? []
  if (ways.length < 2) return viewing
  return [
    ...viewing,
    { heading: words.actions.openWith },
    ...ways.map(
      ({ client, intent }): MenuEntry => ({
        // Such as a client other than the one that others have it open in.
        label:
          intent === 'view' && item.open?.intent === 'edit' ? `${client} · ${words.actions.view}` : client,
        href: pages.document(item.id, { client, action: intent }),
      }),
    ),
    'line',
  ]
}

export function showItemMenu(items: readonly Item[], at: Parameters<typeof showMenu>[2]): void {
  const [first] = items
  if (!first) return
  const label =
    items.length === 1
      ? words.actions.moreFor(readableName(first.name))
      : words.library.selected(items.length)
  showMenu(label, itemMenu(items), at)
}
