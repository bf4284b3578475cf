// biome-ignore-all lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
// biome-ignore-all lint/a11y/useSemanticElements: its element says what it is to readers; the role names it for screen readers.
import { useEffect, useState } from 'preact/hooks'
import type { Item, Version } from './api-types.js'
import { Dialog, showDialog } from './dialogs.js'
import { fullTimeText } from './format.js'
import { type DiffLine, diffLines } from './line-diff.js'
import { apiAddress } from './place.js'
import { words } from './words/words.js'

/** Shows line by line what became of a version's text until now. */
export async function showComparison(file: Item, version: Version): Promise<void> {
  await showDialog<null>((close) => (
    <Dialog
      title={words.versions.compareTitle(fullTimeText(version.at))}
      width="huge"
      onClose={() => close(null)}
      commands={
        <button type="button" class="button primary" data-focus onClick={() => close(null)}>
          {words.actions.close}
        </button>
      }
    >
      <Comparison file={file} version={version} />
    </Dialog>
  ))
}

const MOST_BYTES = 2_000_000

function Comparison({ file, version }: { file: Item; version: Version }) {
  const [lines, setLines] = useState<DiffLine[] | 'too-large' | 'failed' | null>(null)
  useEffect(() => {
    void compare(file, version).then(setLines, () => setLines('failed'))
  }, [])
  if (lines === 'failed') return <p class="dialog-note error">{words.preview.failed}</p>
  if (lines === 'too-large') return <p class="dialog-note">{words.versions.tooLarge}</p>
  if (lines?.every(({ kind }) => kind === 'skipped')) return <p>{words.versions.same}</p>
  return (
    <div
      class="diff"
      role="region"
      tabIndex={0}
      aria-label={words.versions.compare}
      aria-busy={lines === null}
    >
      {lines?.map((line, index) => (
        <Line key={index} line={line} />
      ))}
    </div>
  )
}

function Line({ line }: { line: DiffLine }) {
  if (line.kind === 'skipped')
    return <div class="diff-line skipped">{words.versions.unchanged(line.count)}</div>
  return (
    <div class={`diff-line ${line.kind}`}>
      {line.kind !== 'same' && <span class="unseen">{words.versions[line.kind]} </span>}
      {line.text || ' '}
    </div>
  )
}

async function compare(file: Item, version: Version): Promise<DiffLine[] | 'too-large'> {
  if (Math.max(file.size, version.size) > MOST_BYTES) return 'too-large'
  const [before, after] = await Promise.all([
    textAt(`/files/${file.id}/versions/${version.version}/content`),
    textAt(`/items/${file.id}/download`),
  ])
  return diffLines(before, after) ?? 'too-large'
}

async function textAt(path: string): Promise<string> {
  const response = await fetch(apiAddress(path), { cache: 'no-store' })
  if (!response.ok) throw new Error(`The server answered ${response.status}`)
  return response.text()
}
