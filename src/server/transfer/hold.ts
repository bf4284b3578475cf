import { Sqlite } from '../../drivers/folder/sqlite.js'

/** Ends a hold. */
export type Release = () => void

/**
 * Takes hold of a place against everybody else, in this process and in others. The hold is a lock on a small database: the system ends it with the
 * process, however that ends, so that nothing has to be tidied up before the next one takes hold.
 *
 * @param place a file for nothing else, in a folder that exists; it is made, and stays.
 * @returns null when somebody else has hold of it.
 */
export function hold(place: string): Release | null {
  const file = new Sqlite(place, { timeout: 0 })
  try {
    file.pragma('journal_mode = MEMORY')
    file.exec('BEGIN EXCLUSIVE')
    return () => file.close()
  } catch (error) {
    file.close()
    if (error instanceof Sqlite.SqliteError && error.code === 'SQLITE_BUSY') return null
    throw error
  }
}
