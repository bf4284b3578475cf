import { api } from '../shared/api.js'
import type { Item } from '../shared/api-types.js'
import { evenIfOpen, forced } from '../shared/even-if-open.js'
import { readableName } from '../shared/format.js'
import { apiAddress } from '../shared/place.js'
import { toast, toastProblem } from '../shared/toasts.js'
import { words } from '../shared/words/words.js'
import { reload, replaceItem } from './folder-list.js'

/** Whether a person of this role may change an item. */
export function mayChange({ role }: Pick<Item, 'role'>): boolean {
  return role === 'owner' || role === 'editor'
}

export function download(items: readonly Item[]): void {
  const [only] = items
  if (!only) return
  const link = document.createElement('a')
  link.href =
    items.length === 1
      ? apiAddress(`/items/${only.id}/download`)
      : apiAddress(`/downloads?ids=${items.map(({ id }) => id).join(',')}`)
  link.download = ''
  link.click()
}

/** Moves to the bin, one after the other, and offers to take it back. */
export async function remove(items: readonly Item[]): Promise<void> {
  const binIds: string[] = []
  try {
    for (const { id } of items) {
      await evenIfOpen(async (force) => {
        const { binId } = await api<{ binId: string }>(`/items/${id}`, { method: 'DELETE', ...forced(force) })
        binIds.push(binId)
      })
    }
  } catch (error) {
    toastProblem(error, words.remove.failed)
  }
  await reload()
  if (binIds.length === 0) return
  const { removed, removedMany } = words.remove
  const [only] = items
  const text = items.length === 1 && only ? removed(readableName(only.name)) : removedMany(binIds.length)
  toast(text, { label: words.actions.undo, run: () => restore(binIds) })
}

async function restore(binIds: readonly string[]) {
  try {
    const back: Item[] = []
    for (const id of binIds) back.push(await api<Item>(`/bin/${id}/restore`, { method: 'POST' }))
    const [only] = back
    toast(
      back.length === 1 && only
        ? words.remove.restored(readableName(only.name))
        : words.remove.restoredMany(back.length),
    )
  } catch (error) {
    toastProblem(error)
  }
  await reload()
}

/** Moves items to a folder, asking where one of them is open. */
export async function move(
  items: readonly Item[],
  target: { readonly id: string; readonly name: string },
): Promise<void> {
  let moved = 0
  try {
    for (const { id } of items) {
      if (id === target.id) continue
      const done = await evenIfOpen((force) =>
        api(`/items/${id}`, { method: 'PATCH', body: { folderId: target.id }, ...forced(force) }),
      )
      if (done) moved += 1
    }
  } catch (error) {
    toastProblem(error, words.move.failed)
  }
  await reload()
  if (moved > 0) toast(words.move.moved(moved, readableName(target.name)))
}

/** Copies items, to another folder or beside themselves. */
export async function copy(items: readonly Item[], folderId?: string): Promise<void> {
  let copied = 0
  try {
    for (const { id } of items) {
      await api(`/items/${id}/copy`, { method: 'POST', body: folderId === undefined ? {} : { folderId } })
      copied += 1
    }
  } catch (error) {
    toastProblem(error, words.move.copyFailed)
  }
  await reload()
  if (copied > 0) toast(words.move.copied(copied))
}

/** @throws ApiError */
export async function rename(item: Item, name: string): Promise<void> {
  await evenIfOpen(async (force) => {
    replaceItem(await api<Item>(`/items/${item.id}`, { method: 'PATCH', body: { name }, ...forced(force) }))
  })
  await reload()
}
