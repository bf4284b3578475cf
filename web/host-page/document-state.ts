import { computed, signal } from '@preact/signals'
import type { Intent, Item, Visitor } from '../shared/api-types.js'
import { connection } from '../shared/live.js'

/** What the server wrote into the page. */
export interface PageFacts {
  readonly fileId: string
  readonly folderId: string | null
  readonly folderUrl: string
  readonly intent: Intent
  /** The version that is shown; null = the document as it is now. */
  readonly version: string | null
}

/** A strip above the editor that says what matters now. */
export interface Strip {
  readonly key: string
  readonly tone: 'info' | 'warning' | 'error'
  readonly text: string
  readonly action?: { readonly label: string; readonly run?: () => unknown; readonly href?: string }
}

export type Phase = 'checking' | 'waiting' | 'opening' | 'open' | 'failed'

export const phase = signal<Phase>('checking')
export const documentName = signal('')
/** What the API knows of the document; null until it has answered. */
export const item = signal<Item | null>(null)
export const people = signal<readonly Visitor[]>([])
export const strips = signal<readonly Strip[]>([])
export const versionsShown = signal(false)

/** How the work in the document stands. */
export type SaveState =
  | { readonly kind: 'none' | 'unsaved' | 'saving' | 'refused' }
  | { readonly kind: 'saved'; readonly at: number; readonly by: string | null }

export const saveState = signal<SaveState>({ kind: 'none' })

/** Shows a strip, in the place of an earlier one of the same key. */
export function showStrip(strip: Strip): void {
  strips.value = [strip, ...strips.peek().filter(({ key }) => key !== strip.key)]
}

export function hideStrip(key: string): void {
  strips.value = strips.peek().filter((strip) => strip.key !== key)
}

/** Which of the texts beside the name is true. */
export const status = computed((): 'failed' | 'opening' | 'offline' | SaveState['kind'] => {
  if (phase.value === 'failed') return 'failed'
  if (phase.value !== 'open') return 'opening'
  if (connection.value === 'broken') return 'offline'
  return saveState.value.kind
})
