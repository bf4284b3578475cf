// biome-ignore-all lint/a11y/useSemanticElements: a grid of which only the rows in sight exist cannot be a table.
// biome-ignore-all lint/a11y/useFocusableInteractive: the focus goes to whole rows or tiles; keys act on them.
// biome-ignore-all lint/a11y/useAriaPropsSupportedByRole: the role of a tile comes with the attributes it shares with placeholders.
import { useSignal } from '@preact/signals'
import type { FoundItem, Item } from '../shared/api-types.js'
import { FileIcon } from '../shared/file-icon.js'
import { fullTimeText, readableName, sizeText, whenText } from '../shared/format.js'
import { Icon } from '../shared/icons.js'
import { Thumbnail } from '../shared/thumbnail.js'
import { words } from '../shared/words/words.js'
import { draggedIds } from './drag.js'
import { addressOf } from './open-item.js'

interface DropTarget {
  /** Whether a drag may end here. */
  readonly accepts: (event: DragEvent, item: Item) => boolean
  readonly onDrop: (event: DragEvent, item: Item) => void
}

interface RowProps extends DropTarget {
  readonly item: Item | FoundItem
  readonly index: number
  /** Pixels from the top of the list. */
  readonly top: number
  readonly selected: boolean
  /** Whether the Tab key stops here. */
  readonly stop: boolean
  readonly narrow: boolean
}

export function ListRow(props: RowProps) {
  const { item, index, top, selected, stop, narrow } = props
  const { over, ...dropping } = useDropping(item, props)
  const faded = draggedIds.value.has(item.id)
  return (
    <div
      class={`row ${over ? 'over' : ''} ${faded ? 'faded' : ''}`}
      role="row"
      style={{ transform: `translateY(${top}px)` }}
      data-index={index}
      tabIndex={stop ? 0 : -1}
      aria-rowindex={index + 2}
      aria-selected={selected}
      draggable
      {...dropping}
    >
      <div class="cell name" role="gridcell">
        <Check item={item} selected={selected} />
        <FileIcon kind={item.kind} name={item.name} />
        <span class="name-text">
          <Name item={item} />
          {'folderPath' in item ? (
            <small class="quiet cut">
              <bdi>{placeText(item)}</bdi>
            </small>
          ) : (
            narrow && <Facts item={item} />
          )}
        </span>
        <Badges item={item} />
      </div>
      {!narrow && (
        <>
          <div class="cell modified" role="gridcell">
            <Modified item={item} />
          </div>
          <div class="cell size" role="gridcell">
            {item.kind === 'file' && sizeText(item.size)}
          </div>
        </>
      )}
      <div class="cell more" role="gridcell">
        <More item={item} />
      </div>
    </div>
  )
}

export function PlaceholderRow({ index, top, stop }: { index: number; top: number; stop: boolean }) {
  return (
    <div
      class="row placeholder"
      role="row"
      style={{ transform: `translateY(${top}px)` }}
      data-index={index}
      tabIndex={stop ? 0 : -1}
      aria-rowindex={index + 2}
      aria-busy="true"
    >
      <div class="cell name" role="gridcell">
        <span class="unseen">{words.app.loading}</span>
        <span class="bone" />
      </div>
    </div>
  )
}

interface TileProps extends DropTarget {
  readonly item: Item | FoundItem | undefined
  readonly index: number
  readonly column: number
  readonly selected: boolean
  readonly stop: boolean
}

const nobody = { accepts: () => false, onDrop: () => {} }

export function Tile(props: TileProps) {
  const { item, index, column, selected, stop } = props
  const { over, ...dropping } = useDropping(item, item ? props : nobody)
  const common = {
    role: 'gridcell',
    'data-index': index,
    tabIndex: stop ? 0 : -1,
    'aria-colindex': column + 1,
  } as const
  if (!item) {
    return (
      <div class="tile placeholder" aria-busy="true" {...common}>
        <span class="unseen">{words.app.loading}</span>
      </div>
    )
  }
  const faded = draggedIds.value.has(item.id)
  return (
    <div
      class={`tile ${over ? 'over' : ''} ${faded ? 'faded' : ''}`}
      {...common}
      aria-selected={selected}
      draggable
      {...dropping}
    >
      <Check item={item} selected={selected} />
      <More item={item} />
      <div class="picture">
        <Thumbnail item={item} />
      </div>
      <Name item={item} />
      <Badges item={item} small />
    </div>
  )
}

function Check({ item, selected }: { item: Item; selected: boolean }) {
  return (
    <span class="check-box" data-check>
      <input
        type="checkbox"
        tabIndex={-1}
        checked={selected}
        aria-label={words.library.select(readableName(item.name))}
      />
    </span>
  )
}

function Name({ item }: { item: Item }) {
  return (
    <a
      class="item-name"
      data-name
      tabIndex={-1}
      href={addressOf(item)}
      draggable={false}
      title={readableName(item.name)}
    >
      <bdi>{readableName(item.name)}</bdi>
    </a>
  )
}

function More({ item }: { item: Item }) {
  return (
    <button
      type="button"
      class="button plain square more-button"
      data-menu
      tabIndex={-1}
      aria-haspopup="menu"
      aria-label={words.actions.moreFor(readableName(item.name))}
    >
      <Icon name="more" />
    </button>
  )
}

function Modified({ item }: { item: Item }) {
  return (
    <time dateTime={new Date(item.modifiedAt).toISOString()} title={fullTimeText(item.modifiedAt)}>
      {whenText(item.modifiedAt)}
    </time>
  )
}

function Facts({ item }: { item: Item }) {
  return (
    <small class="quiet cut facts">
      <Modified item={item} />
      {item.kind === 'file' && <span>{sizeText(item.size)}</span>}
    </small>
  )
}

function placeText(item: FoundItem): string {
  return item.folderPath === '' ? words.library.inRoot : words.library.inFolder(readableName(item.folderPath))
}

/** What one should know before opening it. */
function Badges({ item, small = false }: { item: Item; small?: boolean }) {
  const { lock, suspicious, rescuedCount } = item
  if (!lock && !suspicious && rescuedCount === 0) return null
  const openText =
    lock && (lock.userName === '' ? words.library.openBySomebody : words.library.openBy(lock.userName))
  return (
    <span class={small ? 'badges small' : 'badges'}>
      {lock && openText && (
        <span class="badge info" title={words.library.lockedUntil(lock.userName, whenText(lock.until))}>
          <Icon name="edit" />
          <span class="cut">{openText}</span>
        </span>
      )}
      {suspicious && (
        <span class="badge error" title={suspicious}>
          <Icon name="alert" />
          <span class="cut">{words.library.suspiciousBadge}</span>
        </span>
      )}
      {rescuedCount > 0 && (
        <span class="badge warning" title={words.library.rescuedBadge(rescuedCount)}>
          <Icon name="rescued" />
          <span class="cut">{words.library.rescuedBadge(rescuedCount)}</span>
        </span>
      )}
    </span>
  )
}

function useDropping(item: Item | undefined, { accepts, onDrop }: DropTarget) {
  const over = useSignal(false)
  return {
    over: over.value,
    onDragOver: (event: DragEvent) => {
      if (!item || !accepts(event, item)) return
      event.preventDefault()
      event.stopPropagation()
      over.value = true
    },
    onDragLeave: () => {
      over.value = false
    },
    onDrop: (event: DragEvent) => {
      over.value = false
      if (item && accepts(event, item)) onDrop(event, item)
    },
  }
}
