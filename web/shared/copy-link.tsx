import { useState } from 'preact/hooks'
import { toast } from './toasts.js'
import { words } from './words/words.js'

/** An address to give to somebody, with a button that copies it. */
export function CopyLink({ url }: { url: string }) {
  const [copied, setCopied] = useState(false)
  return (
    <div class="one-time-link">
      <input
        class="input"
        readOnly
        value={url}
        aria-label={words.actions.copyLink}
        onFocus={({ currentTarget }) => currentTarget.select()}
      />
      <button type="button" class="button" onClick={() => void copyText(url).then(setCopied)}>
        {copied ? words.actions.copied : words.actions.copyLink}
      </button>
    </div>
  )
}

/** Puts a text into the clipboard; says so when the browser does not let us. */
async function copyText(text: string): Promise<boolean> {
  try {
    // Missing on pages that come over http from another machine.
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    toast(words.problems.notCopied)
    return false
  }
}
