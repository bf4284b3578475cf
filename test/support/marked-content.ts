import { createCipheriv, createHash } from 'node:crypto'

/** What a content says about itself: which save, of which client, to which file it is. */
export interface Mark {
  readonly file: string
  readonly client: string
  readonly sequence: number
  /** Of the whole content, in bytes. */
  readonly size: number
}

/** The smallest size in which a mark finds room. */
const MIN_MARKED_BYTES = 200

/** A content that tells its own origin in the first line; the rest is noise that follows from it, so that every single byte can be checked. */
export function markedContent(mark: Mark): Buffer {
  const line = Buffer.from(`${JSON.stringify(mark)}\n`)
  const key = createHash('sha256').update(line).digest()
  const noise = createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(
    Buffer.alloc(mark.size - line.length),
  )
  return Buffer.concat([line, noise])
}

/** The mark of a content; null unless the content is, bit for bit, the one that belongs to it. */
export function markOf(content: Buffer): Mark | null {
  const end = content.indexOf('\n')
  if (end === -1 || end > MIN_MARKED_BYTES) return null
  try {
    const mark = JSON.parse(content.subarray(0, end).toString()) as Mark
    return markedContent(mark).equals(content) ? mark : null
  } catch {
    return null
  }
}

/** The save that a content comes from, in short; `torn` for a content that no save had. */
export function nameOfContent(content: Buffer): string {
  const mark = markOf(content)
  return mark ? nameOfSave(mark) : 'torn'
}

export function nameOfSave({ client, sequence }: Pick<Mark, 'client' | 'sequence'>): string {
  return `${client}/${sequence}`
}
