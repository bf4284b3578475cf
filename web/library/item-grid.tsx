// biome-ignore-all lint/a11y/useSemanticElements: a grid of which only the rows in sight exist cannot be a table.
// biome-ignore-all lint/a11y/useFocusableInteractive: the focus goes to whole rows or tiles; keys act on them.
// biome-ignore-all lint/a11y/useKeyWithClickEvents: the keys are heard by the grid around it.
// biome-ignore-all lint/suspicious/noUnnecessaryConditions: the analysis takes a ref for what it holds at first.
import { useSignal } from '@preact/signals'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import type { FoundItem, Item, SortKey } from '../shared/api-types.js'
import { Icon } from '../shared/icons.js'
import { words } from '../shared/words/words.js'
import { mayChange, move, remove } from './commands.js'
import { draggedIds, draggedItems, endDrag, isDragOf, startDrag } from './drag.js'
import { ensure, ensureAll, indexOf, items, itemsOf, total } from './folder-list.js'
import { askRename } from './item-dialogs.js'
import { showItemMenu } from './item-menu.js'
import { ListRow, PlaceholderRow, Tile } from './item-row.js'
import { isPreviewed, openItem } from './open-item.js'
import { selection } from './selected.js'
import * as selecting from './selection.js'
import { addUploads } from './uploads-state.js'
import { changeView, viewSettings } from './view-settings.js'
import { columnsFor, rowsInSight, scrollToShow } from './virtual-window.js'

const ROW = { fine: 44, coarse: 52, tall: 60 }
const TILE = { leastWidth: 148, gap: 12, height: 172 }
/** Below this width a row has two lines and no columns. */
const NARROW_PX = 640
/** Letters typed closer together than this belong to one name. */
const TYPE_AHEAD_MS = 800

interface Props {
  readonly label: string
  readonly search: boolean
}

/** The items as a list or as tiles: only those in sight exist, keys and pointer act on all. */
export function ItemGrid({ label, search }: Props) {
  const scroller = useRef<HTMLDivElement>(null)
  const size = useSignal({ width: 800, height: 600 })
  const scrollTop = useSignal(0)
  const hasFocus = useRef(false)
  const typed = useRef({ text: '', at: 0 })
  const { layout, sort, order } = viewSettings.value
  const tiles = layout === 'grid'
  const narrow = size.value.width < NARROW_PX
  const coarse = matchMedia('(pointer: coarse)').matches
  const columns = tiles ? columnsFor(size.value.width - 2 * TILE.gap, TILE.leastWidth, TILE.gap) : 1
  const rowHeight = tiles
    ? TILE.height + TILE.gap
    : narrow || search
      ? ROW.tall
      : coarse
        ? ROW.coarse
        : ROW.fine
  const count = total.value
  const rows = Math.ceil(count / columns)
  const viewport = { scrollTop: scrollTop.value, height: size.value.height, rowHeight }
  const { first, end } = rowsInSight(viewport, rows)
  const { focus, ids } = selection.value
  const idAt = (index: number) => items.value.get(index)?.id

  useLayoutEffect(() => {
    const element = scroller.current
    if (!element) return
    const observer = new ResizeObserver(() => {
      size.value = { width: element.clientWidth, height: element.clientHeight }
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  useEffect(() => {
    void ensure(first * columns, end * columns)
  }, [first, end, columns, count, items.value.size])
  useLayoutEffect(() => {
    if (focus < 0 || !hasFocus.current) return
    const element = scroller.current
    const row = Math.floor(focus / columns)
    if (element) element.scrollTop = scrollToShow({ ...viewport, scrollTop: element.scrollTop }, row)
    element?.querySelector<HTMLElement>(`[data-index="${focus}"]`)?.focus({ preventScroll: true })
    // The item may come later than the focus, and takes the place of the row that stood for it.
  }, [focus, columns, layout, idAt(focus)])

  function itemAt(event: Event): { index: number; item: Item | undefined } | null {
    const target = event.target instanceof Element ? event.target.closest('[data-index]') : null
    if (!target) return null
    const index = Number(target.getAttribute('data-index'))
    return { index, item: items.value.get(index) }
  }

  function onClick(event: MouseEvent) {
    const hit = itemAt(event)
    if (!hit?.item) {
      if (event.target === scroller.current) selection.value = selecting.nothingSelected
      return
    }
    const { index, item } = hit
    const target = event.target as Element
    if (target.closest('[data-menu]')) {
      if (!ids.has(item.id)) selection.value = selecting.selectOnly(index, idAt)
      return showItemMenu(itemsOf(selection.value.ids), target.closest('[data-menu]') as Element)
    }
    const many = event.ctrlKey || event.metaKey
    if (target.closest('[data-check]') || (many && !event.shiftKey)) {
      // A check box that is kept from changing would change back after we have changed it.
      if (!(target instanceof HTMLInputElement)) event.preventDefault()
      selection.value = selecting.toggle(selection.value, index, idAt)
    } else if (event.shiftKey) {
      event.preventDefault()
      void extend(index, many)
    } else if (target.closest('a')) {
      if (!isPreviewed(item)) return
      event.preventDefault()
      void openItem(item)
    } else if (coarse && ids.size === 0) {
      void openItem(item)
    } else if (coarse) {
      selection.value = selecting.toggle(selection.value, index, idAt)
    } else {
      selection.value = selecting.selectOnly(index, idAt)
    }
  }

  /** A range may reach over what nobody has scrolled to. */
  async function extend(index: number, keep: boolean) {
    const from = Math.min(selection.value.anchor, index)
    const to = Math.max(selection.value.anchor, index) + 1
    if (from >= 0 && to - from > items.value.size) await ensureAll()
    selection.value = selecting.extendTo(selection.value, index, idAt, keep)
  }

  function onKeyDown(event: KeyboardEvent) {
    if (!(event.target instanceof Element) || !event.target.closest('[data-index]')) return
    const command = event.ctrlKey || event.metaKey
    const item = items.value.get(focus)
    const chosen = item && !ids.has(item.id) ? [item] : itemsOf(ids)
    const rowsPerPage = Math.max(1, Math.floor(size.value.height / rowHeight) - 1)
    const next = event.altKey
      ? null
      : selecting.stepFor(event.key, focus, { total: count, columns, rowsPerPage })
    if (next !== null) {
      if (event.shiftKey) void extend(next, command)
      else if (command) selection.value = selecting.moveFocus(selection.value, next)
      else selection.value = selecting.selectOnly(next, idAt)
      if (idAt(next) === undefined) void loadThenSelect(next, event.shiftKey)
    } else if (command && event.key.toLowerCase() === 'a') void selectEverything()
    else if (event.key === ' ') selection.value = selecting.toggle(selection.value, focus, idAt)
    else if (event.key === 'Enter' && item) void openItem(item)
    else if (event.key === 'F2' && item && mayChange(item)) void askRename(item)
    else if (event.key === 'Delete' && chosen.length > 0 && chosen.every(mayChange)) void remove(chosen)
    else if (event.key === 'Escape') selection.value = { ...selection.value, ids: new Set() }
    else if (event.key === 'ContextMenu' || (event.shiftKey && event.key === 'F10')) {
      const place = scroller.current?.querySelector(`[data-index="${focus}"] [data-name]`)
      if (place) showItemMenu(chosen, place)
    } else if (event.key.length === 1 && !command && !event.altKey) jumpTo(event.key)
    else return
    event.preventDefault()
  }

  /** The item a key led to may be far below: it is selected once it is there, unless the person has gone on. */
  async function loadThenSelect(index: number, extending: boolean) {
    await ensure(index - columns, index + columns)
    if (selection.value.focus !== index) return
    if (extending) await extend(index, false)
    else selection.value = selecting.selectOnly(index, idAt)
  }

  async function selectEverything() {
    await ensureAll()
    selection.value = selecting.selectAll(selection.value, total.value, idAt)
  }

  function jumpTo(letter: string) {
    const now = Date.now()
    const goesOn = now - typed.current.at < TYPE_AHEAD_MS
    typed.current = { text: goesOn ? typed.current.text + letter : letter, at: now }
    const nameAt = (index: number) => items.value.get(index)?.name
    const found = selecting.typeAhead(typed.current.text, focus, count, nameAt)
    if (found >= 0) selection.value = selecting.selectOnly(found, idAt)
  }

  function onContextMenu(event: MouseEvent) {
    const hit = itemAt(event)
    if (!hit?.item) return
    event.preventDefault()
    if (!ids.has(hit.item.id)) selection.value = selecting.selectOnly(hit.index, idAt)
    showItemMenu(itemsOf(selection.value.ids), { x: event.clientX, y: event.clientY })
  }

  function onDragStart(event: DragEvent) {
    const hit = itemAt(event)
    if (!hit?.item || !event.dataTransfer) return
    if (!ids.has(hit.item.id)) selection.value = selecting.selectOnly(hit.index, idAt)
    startDrag(event.dataTransfer, itemsOf(selection.value.ids))
  }

  function onDrop(event: DragEvent, target: Item) {
    event.preventDefault()
    event.stopPropagation()
    if (draggedIds.value.size > 0) void move(draggedItems(), target)
    else if (event.dataTransfer) void addUploads(event.dataTransfer, target.id)
    endDrag()
  }

  const shownRows = rowIndexes(first, end, focus < 0 ? -1 : Math.floor(focus / columns), rows)
  // One stop for the Tab key: what the keyboard is on, or the first item.
  const stop = focus >= 0 && focus < count ? focus : 0
  const drop = { accepts: isDragOf, onDrop }

  return (
    <div
      class={`grid ${tiles ? 'tiles' : 'rows'} ${narrow ? 'narrow' : ''} ${search ? 'found' : ''}`}
      role="grid"
      aria-label={label}
      aria-multiselectable="true"
      aria-rowcount={tiles ? rows : count + 1}
      aria-colcount={tiles ? columns : 4}
      onKeyDown={onKeyDown}
      onFocusIn={(event) => {
        hasFocus.current = true
        const hit = itemAt(event)
        if (hit && hit.index !== focus) selection.value = selecting.moveFocus(selection.value, hit.index)
      }}
      onFocusOut={(event) => {
        // Removing a focused row is not leaving.
        if (event.relatedTarget) hasFocus.current = false
      }}
    >
      {!tiles && !narrow && <Head sort={sort} order={order} sortable={!search} />}
      <div
        ref={scroller}
        class="scroller"
        role="rowgroup"
        onScroll={({ currentTarget }) => {
          scrollTop.value = currentTarget.scrollTop
        }}
        onClick={onClick}
        onDblClick={(event) => {
          const hit = itemAt(event)
          if (hit?.item && !(event.target as Element).closest('a, [data-check], [data-menu]'))
            void openItem(hit.item)
        }}
        onContextMenu={onContextMenu}
        onDragStart={onDragStart}
        onDragEnd={endDrag}
      >
        <div class="all-rows" role="presentation" style={{ height: `${rows * rowHeight}px` }}>
          {shownRows.map((row) =>
            tiles ? (
              <div
                key={row}
                class="tile-row"
                role="row"
                aria-rowindex={row + 1}
                style={{ transform: `translateY(${row * rowHeight}px)`, '--columns': String(columns) }}
              >
                {Array.from({ length: Math.min(columns, count - row * columns) }, (_, column) => {
                  const index = row * columns + column
                  const item = items.value.get(index)
                  return (
                    <Tile
                      key={item?.id ?? index}
                      item={item}
                      index={index}
                      column={column}
                      selected={item !== undefined && ids.has(item.id)}
                      stop={index === stop}
                      {...drop}
                    />
                  )
                })}
              </div>
            ) : (
              <Row
                key={items.value.get(row)?.id ?? row}
                item={items.value.get(row)}
                index={row}
                top={row * rowHeight}
                selected={ids.has(idAt(row) ?? '')}
                stop={row === stop}
                narrow={narrow}
                {...drop}
              />
            ),
          )}
        </div>
      </div>
    </div>
  )
}

type RowProps = Omit<Parameters<typeof ListRow>[0], 'item'> & { readonly item: Item | FoundItem | undefined }

function Row({ item, ...rest }: RowProps) {
  return item ? (
    <ListRow item={item} {...rest} />
  ) : (
    <PlaceholderRow index={rest.index} top={rest.top} stop={rest.stop} />
  )
}

/** Those in sight, and the one with the focus, which must not vanish when it is scrolled away. */
function rowIndexes(first: number, end: number, focused: number, rows: number): number[] {
  const inSight = Array.from({ length: end - first }, (_, index) => first + index)
  if (focused < 0 || focused >= rows || (focused >= first && focused < end)) return inSight
  return focused < first ? [focused, ...inSight] : [...inSight, focused]
}

const columnKeys: readonly SortKey[] = ['name', 'modified', 'size']

function Head({ sort, order, sortable }: { sort: SortKey; order: 'asc' | 'desc'; sortable: boolean }) {
  return (
    <div class="head" role="rowgroup">
      <div class="row" role="row" aria-rowindex={1}>
        {columnKeys.map((key) => {
          const sorted = sortable && sort === key
          const next = sorted && order === 'asc' ? 'desc' : 'asc'
          return (
            <div
              key={key}
              class={`cell ${key}`}
              role="columnheader"
              aria-sort={sorted ? (order === 'asc' ? 'ascending' : 'descending') : undefined}
            >
              {sortable ? (
                <button type="button" class="sort" onClick={() => changeView({ sort: key, order: next })}>
                  {words.library.columns[key]}
                  {sorted && <Icon name={order === 'asc' ? 'up' : 'down'} small />}
                </button>
              ) : (
                words.library.columns[key]
              )}
            </div>
          )
        })}
        <div class="cell more" role="columnheader">
          <span class="unseen">{words.actions.more}</span>
        </div>
      </div>
    </div>
  )
}

/** Puts the keyboard on an item, such as one that was just made. */
export function revealItem(id: string): void {
  const index = indexOf(id)
  if (index < 0) return
  selection.value = selecting.selectOnly(index, (at) => items.value.get(at)?.id)
  requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-index="${index}"]`)?.focus())
}
