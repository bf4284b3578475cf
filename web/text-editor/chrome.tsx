import { useEffect, useRef, useState } from 'preact/hooks'
import type { DocumentInfo } from '../../src/editor/editor-api.js'
import type { Banner, CommandName } from './banners.js'
import { Icon } from './icons.js'
import type { Words } from './words.js'

/** Everything the frame around the text shows at one moment. */
export interface Scene {
  readonly words: Words
  /** The document's name as far as it is known, empty where it stands elsewhere; the document itself only once it is open. */
  readonly name: string
  readonly document: DocumentInfo | null
  readonly embedded: boolean
  /** Beside the name; the first is a button of its own, even on small screens. */
  readonly commands: readonly CommandName[]
  readonly menu: readonly CommandName[]
  readonly disabled: ReadonlySet<CommandName>
  readonly banners: readonly Banner[]
  readonly status: string
  readonly statusTone: 'quiet' | 'bad'
  /** What a screen reader is told now. */
  readonly announcement: string
  readonly position: string
  readonly format: string
  readonly wrapping: boolean
  readonly dialog: DialogScene | null
}

export type DialogScene =
  | {
      readonly kind: 'name'
      readonly title: string
      readonly label: string
      readonly name: string
      readonly maxLength: number
      /** How many characters of the name are meant to be typed over; the rest is its ending. */
      readonly selected: number
    }
  | { readonly kind: 'unsaved' }

export interface Actions {
  run(command: CommandName): void
  rename(name: string): void
  answer(result: string | null): void
}

type Props = { readonly scene: Scene; readonly actions: Actions }

export function Top({ scene, actions }: Props) {
  return (
    <>
      {!scene.embedded && <Toolbar scene={scene} actions={actions} />}
      {scene.banners.map((banner) => (
        <BannerBar key={banner.sentences.join()} banner={banner} words={scene.words} actions={actions} />
      ))}
      {scene.dialog && (
        <Dialog key={scene.dialog.kind} scene={scene} dialog={scene.dialog} actions={actions} />
      )}
    </>
  )
}

function Toolbar({ scene, actions }: Props) {
  const { words, name, document, commands, menu, disabled, wrapping } = scene
  const [first, ...others] = commands
  const button = (command: CommandName, className: string) => (
    <button
      key={command}
      type="button"
      class={className}
      disabled={disabled.has(command)}
      aria-pressed={command === 'wrapLines' ? wrapping : undefined}
      onClick={() => actions.run(command)}
    >
      {words.commands[command]}
    </button>
  )
  return (
    <section class="toolbar" aria-label={words.toolsLabel}>
      {name !== '' && <Icon name="document" />}
      {name !== '' && document?.canRename && (
        <RenamableName document={document} words={words} onRename={actions.rename} />
      )}
      {name !== '' && !document?.canRename && <h1 class="name">{name}</h1>}
      <div class="commands">
        {first && button(first, first === 'save' ? 'primary' : '')}
        {others.filter((command) => command !== 'close').map((command) => button(command, 'wide-only'))}
        {(menu.length > 0 || others.some((command) => command !== 'close')) && (
          <>
            <button
              type="button"
              class={menu.length > 0 ? 'square' : 'square narrow-only'}
              popovertarget="menu"
              aria-label={words.commands.more}
              title={words.commands.more}
            >
              <Icon name="more" />
            </button>
            <div id="menu" class="menu" popover="auto">
              {[...others.filter((command) => command !== 'close'), ...menu].map((command) => (
                <button
                  key={command}
                  type="button"
                  class={others.includes(command) ? 'narrow-only' : ''}
                  disabled={disabled.has(command)}
                  aria-pressed={command === 'wrapLines' ? wrapping : undefined}
                  popovertarget="menu"
                  popovertargetaction="hide"
                  onClick={() => actions.run(command)}
                >
                  {words.commands[command]}
                </button>
              ))}
            </div>
          </>
        )}
        {commands.includes('close') && (
          <button
            type="button"
            class="square"
            aria-label={words.commands.close}
            title={words.commands.close}
            onClick={() => actions.run('close')}
          >
            <Icon name="close" />
          </button>
        )}
      </div>
    </section>
  )
}

/** The document's name, which turns into a field to rename it in place. */
function RenamableName({
  document,
  words,
  onRename,
}: {
  document: DocumentInfo
  words: Words
  onRename: (name: string) => void
}) {
  const [editing, setEditing] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  const extension = /\.[^.]*$/.exec(document.name)?.[0] ?? ''
  const stem = document.name.slice(0, document.name.length - extension.length)
  useEffect(() => {
    if (editing) field.current?.select()
  }, [editing])

  if (!editing) {
    return (
      <h1 class="name">
        <button
          type="button"
          class="name-button"
          title={words.commands.rename}
          onClick={() => setEditing(true)}
        >
          {document.name}
        </button>
      </h1>
    )
  }
  const finish = (accept: boolean) => {
    const name = field.current?.value.trim() ?? ''
    setEditing(false)
    if (accept && name !== '' && name !== stem) onRename(name)
  }
  return (
    <form
      class="name"
      onSubmit={(event) => {
        event.preventDefault()
        finish(true)
      }}
    >
      <input
        class="name-field"
        ref={field}
        aria-label={words.nameLabel}
        defaultValue={stem}
        maxLength={document.maxNameLength}
        autocomplete="off"
        spellcheck={false}
        onBlur={() => finish(true)}
        onKeyDown={(event) => event.key === 'Escape' && finish(false)}
      />
      <span class="extension">{extension}</span>
    </form>
  )
}

function BannerBar({ banner, words, actions }: { banner: Banner; words: Words; actions: Actions }) {
  return (
    <section class={`banner ${banner.tone}`} aria-label={words.noteLabel}>
      <Icon name={banner.tone === 'info' ? 'info' : 'warning'} />
      <p>
        {banner.sentences.join(' ')}
        {/* The host speaks for itself: its words are shown as they are. */}
        {banner.hostWords !== '' && <q>{banner.hostWords}</q>}
      </p>
      <div class="commands">
        {banner.commands.map((command) => (
          <button key={command} type="button" onClick={() => actions.run(command)}>
            {words.commands[command]}
          </button>
        ))}
      </div>
    </section>
  )
}

function Dialog({ scene, dialog, actions }: Props & { dialog: DialogScene }) {
  const { words } = scene
  const element = useRef<HTMLDialogElement>(null)
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => {
    element.current?.showModal()
    if (dialog.kind === 'name') field.current?.setSelectionRange(0, dialog.selected)
  }, [])
  const title = dialog.kind === 'name' ? dialog.title : words.unsavedTitle
  return (
    <dialog ref={element} aria-labelledby="dialog-title" onCancel={() => actions.answer(null)}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          actions.answer(field.current?.value.trim() ?? '')
        }}
      >
        <h2 id="dialog-title">{title}</h2>
        {dialog.kind === 'name' ? (
          <label class="field">
            {dialog.label}
            <input
              class="field-input"
              ref={field}
              required
              maxLength={dialog.maxLength}
              defaultValue={dialog.name}
              autocomplete="off"
            />
          </label>
        ) : (
          <p class="question">{words.unsavedQuestion}</p>
        )}
        <div class="dialog-commands">
          <button type="button" onClick={() => actions.answer(null)}>
            {dialog.kind === 'name' ? words.commands.cancel : words.commands.stay}
          </button>
          <button type="submit" class={dialog.kind === 'name' ? 'primary' : 'danger'}>
            {dialog.kind === 'name' ? words.commands.save : words.commands.closeAnyway}
          </button>
        </div>
      </form>
    </dialog>
  )
}

export function Bottom({ scene }: { scene: Scene }) {
  return (
    <>
      <span class={`status ${scene.statusTone}`}>{scene.status}</span>
      <span class="position">{scene.position}</span>
      <span class="format">{scene.format}</span>
      <span id="keyboard-help" class="unseen">
        {scene.words.keyboardHelp}
      </span>
      <span class="unseen" role="status">
        {scene.announcement}
      </span>
    </>
  )
}
