// biome-ignore-all lint/a11y/useKeyWithClickEvents: a shortcut for pointers; the keyboard has its own way.
// biome-ignore-all lint/a11y/noStaticElementInteractions: a shortcut for pointers; the keyboard has its own way.
import { useEffect, useRef, useState } from 'preact/hooks'
import { api, session } from '../shared/api.js'
import type { FolderPage, Item } from '../shared/api-types.js'
import { Dialog, showDialog } from '../shared/dialogs.js'
import { FileIcon } from '../shared/file-icon.js'
import { readableName } from '../shared/format.js'
import { Icon } from '../shared/icons.js'
import { placeName } from '../shared/place-name.js'
import { toastProblem } from '../shared/toasts.js'
import { words } from '../shared/words/words.js'
import { copy, mayChange, move } from './commands.js'

interface Node {
  readonly id: string
  readonly name: string
  readonly depth: number
  readonly open: boolean
  /** Null until somebody looked. */
  readonly children: readonly Node[] | null
  readonly allowed: boolean
}

type OpenNode = Node & { readonly children: readonly Node[] }

interface Chosen {
  readonly id: string
  readonly name: string
}

/** Asks for a folder and moves items there. */
export async function askMove(items: readonly Item[]): Promise<void> {
  const target = await askFolder(words.move.title(items.length), words.actions.moveHere, items)
  if (target) await move(items, target)
}

/** Asks for a folder and copies items there. */
export async function askCopy(items: readonly Item[]): Promise<void> {
  const target = await askFolder(words.move.copyTitle(items.length), words.actions.copyHere, [])
  if (target) await copy(items, target.id)
}

function askFolder(title: string, submit: string, moving: readonly Item[]): Promise<Chosen | null> {
  return showDialog((close) => <TreeDialog title={title} submit={submit} moving={moving} close={close} />)
}

const MOST_FOLDERS = 1000

/** A folder, opened: the one it is, and those in it. */
async function openedFolder(id: string, depth: number, moving: readonly Item[]): Promise<OpenNode> {
  // Folders come first in every order, so that the first files end the search.
  const { folder, items } = await api<FolderPage>(`/folders/${id}`, {
    query: { sort: 'name', order: 'asc', offset: 0, limit: MOST_FOLDERS },
  })
  const children = items
    .filter((item) => item.kind === 'folder' && !moving.some((moved) => moved.id === item.id))
    .map((item) => ({
      id: item.id,
      name: readableName(item.name),
      depth: depth + 1,
      open: false,
      children: null,
      allowed: mayChange(item),
    }))
  return { id, name: placeName(folder), depth, open: true, children, allowed: mayChange(folder) }
}

function TreeDialog(props: {
  readonly title: string
  readonly submit: string
  readonly moving: readonly Item[]
  readonly close: (chosen: Chosen | null) => void
}) {
  const { title, submit, moving, close } = props
  const [root, setRoot] = useState<Node | null>(null)
  const [chosen, setChosen] = useState<Node | null>(null)
  const tree = useRef<HTMLDivElement>(null)

  useEffect(() => {
    const id = session.value?.rootId
    if (!id) return
    void openedFolder(id, 0, moving).then(
      (opened) => {
        setRoot(opened)
        setChosen(opened)
      },
      (problem: unknown) => {
        toastProblem(problem)
        close(null)
      },
    )
  }, [])

  useEffect(() => {
    if (
      root?.children &&
      document.activeElement?.closest('dialog') &&
      !tree.current?.contains(document.activeElement)
    )
      tree.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus()
  }, [root === null])

  const shown = root ? flatten(root) : []
  const change = (id: string, to: Partial<Node>) => setRoot((whole) => whole && changed(whole, id, to))

  async function unfold(node: Node, open: boolean) {
    change(node.id, { open })
    if (!open || node.children !== null) return
    try {
      const { children } = await openedFolder(node.id, node.depth, moving)
      change(node.id, { children })
    } catch (problem) {
      change(node.id, { open: false })
      toastProblem(problem)
    }
  }

  function focus(node: Node | undefined) {
    if (!node) return
    setChosen(node)
    tree.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(node.id)}"]`)?.focus()
  }

  function onKey(event: KeyboardEvent, node: Node) {
    const index = shown.indexOf(node)
    if (event.key === 'ArrowDown') focus(shown[index + 1])
    else if (event.key === 'ArrowUp') focus(shown[index - 1])
    else if (event.key === 'Home') focus(shown[0])
    else if (event.key === 'End') focus(shown.at(-1))
    else if (event.key === 'Enter') tree.current?.closest('form')?.requestSubmit()
    else if (event.key === 'ArrowRight') {
      if (node.open) focus(shown[index + 1])
      else void unfold(node, true)
    } else if (event.key === 'ArrowLeft') {
      if (node.open && node.depth > 0) void unfold(node, false)
      else focus(shown.slice(0, index).findLast(({ depth }) => depth < node.depth))
    } else return
    event.preventDefault()
  }

  return (
    <Dialog
      title={title}
      submit={submit}
      blocked={!chosen?.allowed}
      onClose={() => close(null)}
      onSubmit={() => {
        if (chosen?.allowed) close({ id: chosen.id, name: chosen.name })
      }}
    >
      <div class="tree" role="tree" aria-label={words.move.tree} ref={tree} aria-busy={root === null}>
        {shown.map((node) => (
          <div
            key={node.id}
            class="tree-item"
            role="treeitem"
            data-id={node.id}
            data-depth={Math.min(node.depth, 8)}
            tabIndex={chosen?.id === node.id ? 0 : -1}
            aria-level={node.depth + 1}
            aria-selected={chosen?.id === node.id}
            aria-expanded={node.children?.length === 0 ? undefined : node.open}
            aria-disabled={!node.allowed}
            onClick={() => focus(node)}
            onDblClick={() => void unfold(node, !node.open)}
            onKeyDown={(event) => onKey(event, node)}
          >
            <span
              class={node.children?.length === 0 ? 'twist none' : node.open ? 'twist open' : 'twist'}
              onClick={(event) => {
                event.stopPropagation()
                void unfold(node, !node.open)
              }}
            >
              <Icon name="chevron" small />
            </span>
            <FileIcon kind="folder" name="" />
            <bdi class="cut">{node.name}</bdi>
          </div>
        ))}
      </div>
    </Dialog>
  )
}

function flatten(node: Node): Node[] {
  return [node, ...(node.open ? (node.children ?? []).flatMap(flatten) : [])]
}

function changed(node: Node, id: string, to: Partial<Node>): Node {
  if (node.id === id) return { ...node, ...to }
  return node.children ? { ...node, children: node.children.map((child) => changed(child, id, to)) } : node
}
