import { useState } from 'preact/hooks'
import { api } from '../shared/api.js'
import type { Folder, Item } from '../shared/api-types.js'
import { Dialog, showDialog } from '../shared/dialogs.js'
import { nameParts } from '../shared/format.js'
import { words } from '../shared/words/words.js'
import { rename } from './commands.js'

/** Asks for a name and does what is to be done with it; the dialog stays while the server refuses. Null when given up. */
function askName<Result>(question: {
  readonly title: string
  readonly label: string
  readonly name: string
  readonly submit: string
  /** What the server puts behind the name. */
  readonly extension?: string
  readonly note?: (name: string) => string
  readonly act: (name: string) => Promise<Result>
}): Promise<Result | null> {
  return showDialog((close) => <NameDialog {...question} close={close} />)
}

function NameDialog<Result>(
  props: Parameters<typeof askName<Result>>[0] & { readonly close: (result: Result | null) => void },
) {
  const { title, label, submit, extension, note, act, close } = props
  const [name, setName] = useState(props.name)
  const remark = note?.(name.trim()) ?? ''
  return (
    <Dialog
      title={title}
      submit={submit}
      onClose={() => close(null)}
      onSubmit={async () => close(await act(name.trim()))}
    >
      <label class="field">
        {label}
        <span class="name-input">
          <input
            class="input"
            data-focus
            data-stem={nameParts(props.name).stem.length}
            required
            pattern=".*\S.*"
            maxLength={250}
            autocomplete="off"
            spellcheck={false}
            value={name}
            onInput={({ currentTarget }) => setName(currentTarget.value)}
          />
          {extension && (
            <span class="quiet" aria-hidden="true">
              {extension}
            </span>
          )}
        </span>
      </label>
      {remark !== '' && <p class="dialog-note warning">{remark}</p>}
    </Dialog>
  )
}

export async function askNewFolder(folderId: string): Promise<Folder | null> {
  return askName({
    title: words.blank.folderTitle,
    label: words.blank.name,
    name: words.blank.folderName,
    submit: words.actions.create,
    act: (name) => api<Folder>(`/folders/${folderId}/folders`, { method: 'POST', body: { name } }),
  })
}

export async function askNewDocument(folderId: string, extension: string): Promise<Item | null> {
  return askName({
    title: words.blank.kinds[extension] ?? words.blank.title,
    label: words.blank.name,
    name: words.blank.documentName,
    extension: `.${extension}`,
    submit: words.actions.create,
    act: (name) => api<Item>(`/folders/${folderId}/documents`, { method: 'POST', body: { name, extension } }),
  })
}

export async function askRename(item: Item): Promise<void> {
  const { extension } = nameParts(item.name)
  await askName({
    title: words.rename.title,
    label: words.rename.name,
    name: item.name,
    submit: words.actions.rename,
    note: (name) => {
      const next = nameParts(name).extension
      if (item.kind === 'folder' || next.toLowerCase() === extension.toLowerCase()) return ''
      return words.rename.extensionChanges(extension, next)
    },
    act: async (name) => {
      if (name !== item.name) await rename(item, name)
      return true
    },
  })
}
