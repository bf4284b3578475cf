import { Dialog, showDialog } from '../shared/dialogs.js'
import { nameParts } from '../shared/format.js'
import { words } from '../shared/words/words.js'

/** Asks what a copy is to be called; `format` is its extension, null for that of the document. */
export async function askCopyName(name: string, format: string | null): Promise<string | null> {
  const { stem, extension } = nameParts(name)
  const ending = format ? `.${format.replace(/^\./, '')}` : extension
  let chosen = stem
  return showDialog<string>((close) => (
    <Dialog
      title={words.frame.saveAsTitle}
      onClose={() => close(null)}
      onSubmit={() => close(`${chosen.trim()}${ending}`)}
    >
      <label class="field">
        {words.frame.saveAsName}
        <input
          class="input"
          data-focus
          data-stem={stem.length}
          required
          pattern=".*\S.*"
          maxLength={240}
          autocomplete="off"
          defaultValue={stem}
          onInput={({ currentTarget }) => {
            chosen = currentTarget.value
          }}
        />
        <small>{ending}</small>
      </label>
    </Dialog>
  ))
}
