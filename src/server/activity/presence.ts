import { randomUUID } from 'node:crypto'
import type { Database } from '../../drivers/folder/database.js'

/** Somebody who has a document open in a page of ours. */
export interface Visit {
  readonly fileId: string
  readonly personId: string
  readonly name: string
  /** Whether they came to change it. */
  readonly editing: boolean
}

/** Somebody who is at a document now, in however many windows. */
export interface PersonPresent {
  readonly id: string
  readonly name: string
  readonly editing: boolean
}

/** Who is at which document, over all processes of the server. */
export interface Presence {
  /** Notes that somebody has come; gives what to say `stay` and `leave` with. */
  come(visit: Visit): Promise<string>
  /** To be said at least every `STAY_MS`: whoever falls silent is taken to have left. */
  stay(visitId: string): Promise<void>
  leave(visitId: string): Promise<void>
  /** Everybody at a document, those who came first first. */
  at(fileId: string): PersonPresent[]
  /** When the last of those who were editing left, in milliseconds since 1970; null while one is there, or none has been. */
  lastEditorLeftAt(fileId: string): number | null
  /** The documents at which somebody is. */
  files(): string[]
  /** Changes when another process may have changed who is where. */
  mark(): number
}

export const STAY_MS = 15_000

/** Whoever is silent for so long has left without saying so: their process was killed. */
const SILENT_MS = 3 * STAY_MS

interface PresenceRow {
  readonly person_id: string
  readonly name: string
  readonly editing: number
  readonly seen_at: number
}

export function createPresence(database: Database, now: () => number): Presence {
  const { sqlite } = database
  const insert = sqlite.prepare('INSERT INTO presences VALUES (?, ?, ?, ?, ?, ?, ?)')
  const stay = sqlite.prepare('UPDATE presences SET seen_at = ? WHERE id = ?')
  const byId = sqlite.prepare<[string], { readonly file_id: string; readonly editing: number }>(
    'SELECT file_id, editing FROM presences WHERE id = ?',
  )
  const remove = sqlite.prepare<[string]>('DELETE FROM presences WHERE id = ?')
  const removeSilent = sqlite.prepare<[number]>('DELETE FROM presences WHERE seen_at <= ?')
  const atFile = sqlite.prepare<[string, number], PresenceRow>(
    'SELECT person_id, name, editing, seen_at FROM presences WHERE file_id = ? AND seen_at > ? ORDER BY since, id',
  )
  const allFiles = sqlite.prepare<[number], { readonly file_id: string }>(
    'SELECT DISTINCT file_id FROM presences WHERE seen_at > ?',
  )
  const lastSilentEditor = sqlite.prepare<[string], { readonly at: number | null }>(
    'SELECT max(seen_at) AS at FROM presences WHERE file_id = ? AND editing = 1',
  )
  const departed = sqlite.prepare<[string], { readonly at: number }>(
    'SELECT at FROM departures WHERE file_id = ?',
  )
  const depart = sqlite.prepare('INSERT OR REPLACE INTO departures VALUES (?, ?)')
  const forgetDepartures = sqlite.prepare<[number]>('DELETE FROM departures WHERE at <= ?')
  const live = (fileId: string) => atFile.all(fileId, now() - SILENT_MS)
  const isEdited = (fileId: string) => live(fileId).some((row) => row.editing === 1)

  return {
    async come({ fileId, personId, name, editing }) {
      const id = randomUUID()
      await database.write(() => {
        removeSilent.run(now() - SILENT_MS)
        insert.run(id, fileId, personId, name, editing ? 1 : 0, now(), now())
      })
      return id
    },
    async stay(visitId) {
      await database.write(() => stay.run(now(), visitId))
    },
    async leave(visitId) {
      await database.write(() => {
        const visit = byId.get(visitId)
        remove.run(visitId)
        if (visit?.editing !== 1 || isEdited(visit.file_id)) return
        forgetDepartures.run(now() - 60 * 60 * 1000)
        depart.run(visit.file_id, now())
      })
    },
    at(fileId) {
      const people = new Map<string, PersonPresent>()
      for (const { person_id, name, editing } of live(fileId)) {
        const before = people.get(person_id)
        people.set(person_id, { id: person_id, name, editing: editing === 1 || before?.editing === true })
      }
      return [...people.values()]
    },
    lastEditorLeftAt(fileId) {
      if (isEdited(fileId)) return null
      const at = Math.max(departed.get(fileId)?.at ?? 0, lastSilentEditor.get(fileId)?.at ?? 0)
      return at === 0 ? null : at
    },
    files: () => allFiles.all(now() - SILENT_MS).map(({ file_id }) => file_id),
    mark: () => Number(sqlite.pragma('data_version', { simple: true })),
  }
}
