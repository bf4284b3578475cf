// biome-ignore-all lint/suspicious/noUnnecessaryConditions: the analysis takes a ref for what it holds at first.
// biome-ignore-all lint/a11y/useAriaPropsSupportedByRole: the role follows from whether there is something to check.
import { signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { Icon, type IconName } from './icons.js'

export type MenuEntry =
  | {
      readonly label: string
      readonly icon?: IconName
      readonly picture?: ComponentChildren
      readonly danger?: boolean
      /** For choices: whether it is the chosen one. */
      readonly checked?: boolean
      readonly run: () => unknown
    }
  | {
      readonly label: string
      readonly href: string
      readonly icon?: IconName
      readonly download?: boolean
      readonly newWindow?: boolean
    }
  | { readonly heading: string }
  | 'line'

interface OpenMenu {
  readonly label: string
  readonly entries: readonly MenuEntry[]
  /** Where it opens: below an element, or at a point. */
  readonly at: Element | { readonly x: number; readonly y: number }
  readonly key: number
}

const openMenu = signal<OpenMenu | null>(null)
let lastKey = 0

export function showMenu(label: string, entries: readonly MenuEntry[], at: OpenMenu['at']): void {
  lastKey += 1
  openMenu.value = { label, entries, at, key: lastKey }
}

/** Where menus appear; once in every page. */
export function Menus() {
  const menu = openMenu.value
  return menu && <Menu key={menu.key} menu={menu} />
}

const MARGIN = 8

function Menu({ menu: { label, entries, at } }: { menu: OpenMenu }) {
  const element = useRef<HTMLDivElement>(null)
  const before = useRef<Element | null>(null)
  const close = (giveBack: boolean) => {
    openMenu.value = null
    const opener = before.current
    if (giveBack && opener instanceof HTMLElement && opener.isConnected) opener.focus()
  }

  useLayoutEffect(() => {
    const box = element.current
    if (!box) return
    before.current = document.activeElement
    box.showPopover()
    place(box, at)
    items(box)[0]?.focus()
  }, [at])
  useEffect(() => {
    const leave = () => close(false)
    addEventListener('resize', leave)
    addEventListener('blur', leave)
    return () => {
      removeEventListener('resize', leave)
      removeEventListener('blur', leave)
    }
  })

  function onKey(event: KeyboardEvent) {
    event.stopPropagation()
    const box = element.current
    if (!box) return
    const all = items(box)
    const index = all.indexOf(document.activeElement as HTMLElement)
    const to = (next: number) => all[(next + all.length) % all.length]?.focus()
    if (event.key === 'ArrowDown') to(index + 1)
    else if (event.key === 'ArrowUp') to(index - 1)
    else if (event.key === 'Home') to(0)
    else if (event.key === 'End') to(all.length - 1)
    else if (event.key === 'Escape' || event.key === 'Tab') close(true)
    else if (event.key.length === 1 && event.key !== ' ') {
      const typed = event.key.toLowerCase()
      const later = [...all.slice(index + 1), ...all.slice(0, index + 1)]
      later.find((one) => one.textContent?.trim().toLowerCase().startsWith(typed))?.focus()
      return
    } else return
    event.preventDefault()
  }

  return (
    <div
      ref={element}
      class="menu"
      role="menu"
      aria-label={label}
      popover="manual"
      tabIndex={-1}
      onKeyDown={onKey}
      onFocusOut={(event) => {
        if (!(event.relatedTarget instanceof Node) || !element.current?.contains(event.relatedTarget))
          close(false)
      }}
      onContextMenu={(event) => event.preventDefault()}
    >
      {entries.map((entry, index) => (
        <Entry key={index} entry={entry} close={() => close(true)} />
      ))}
    </div>
  )
}

function Entry({ entry, close }: { entry: MenuEntry; close: () => void }) {
  if (entry === 'line') return <hr />
  if ('heading' in entry) {
    return (
      <div class="menu-label" role="presentation">
        {entry.heading}
      </div>
    )
  }
  if ('href' in entry) {
    return (
      <a
        class="menu-item"
        role="menuitem"
        tabIndex={-1}
        href={entry.href}
        download={entry.download}
        target={entry.newWindow ? '_blank' : undefined}
        rel={entry.newWindow ? 'noopener' : undefined}
        onClick={close}
      >
        {entry.icon && <Icon name={entry.icon} />}
        {entry.label}
      </a>
    )
  }
  const { checked } = entry
  return (
    <button
      type="button"
      class={entry.danger ? 'menu-item danger' : 'menu-item'}
      role={checked === undefined ? 'menuitem' : 'menuitemradio'}
      aria-checked={checked}
      tabIndex={-1}
      onClick={() => {
        close()
        entry.run()
      }}
    >
      {entry.icon && <Icon name={entry.icon} />}
      {entry.picture}
      {entry.label}
      {checked && (
        <span class="checked">
          <Icon name="check" small />
        </span>
      )}
    </button>
  )
}

function items(box: HTMLElement): HTMLElement[] {
  return [...box.querySelectorAll<HTMLElement>('.menu-item')]
}

/** Within the window, whichever corner the opener is in. */
function place(box: HTMLElement, at: OpenMenu['at']) {
  const { width, height } = box.getBoundingClientRect()
  const anchor =
    at instanceof Element
      ? at.getBoundingClientRect()
      : { left: at.x, right: at.x, top: at.y, bottom: at.y, width: 0 }
  const wanted = anchor.left + width + MARGIN > innerWidth ? anchor.right - width : anchor.left
  const below = anchor.bottom + 4
  const top = below + height + MARGIN > innerHeight ? anchor.top - height - 4 : below
  box.style.left = `${clamp(wanted, innerWidth - width)}px`
  box.style.top = `${clamp(top, innerHeight - height)}px`
}

function clamp(value: number, limit: number): number {
  return Math.max(MARGIN, Math.min(value, limit - MARGIN))
}
