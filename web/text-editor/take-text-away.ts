/** Puts a text into the clipboard. False when the browser does not let the page. */
export async function copyToClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    // Not there (plain http), or not allowed in this frame.
    return copyBySelection(text)
  }
}

/** The old way, which browsers still allow where the clipboard is closed to pages. */
function copyBySelection(text: string): boolean {
  const field = document.createElement('textarea')
  field.className = 'unseen'
  field.value = text
  document.body.append(field)
  field.select()
  const copied = document.execCommand('copy')
  field.remove()
  return copied
}

/** Gives the person the bytes as a file. */
export function downloadFile(name: string, content: Uint8Array): void {
  const link = document.createElement('a')
  const file = new Blob([content as Uint8Array<ArrayBuffer>], { type: 'application/octet-stream' })
  link.href = URL.createObjectURL(file)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
