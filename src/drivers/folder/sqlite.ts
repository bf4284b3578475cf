import { createRequire } from 'node:module'
import type BetterSqlite3 from 'better-sqlite3'

/** Of the two versions that the package names, the one that runs on this Node: 13 ends the process on Node 20, and 12 on the newest. */
const NAME = Number.parseInt(process.versions.node, 10) < 22 ? 'better-sqlite3' : 'better-sqlite3-13'

/** SQLite, as better-sqlite3 has it. */
export const Sqlite: typeof BetterSqlite3 = load()

function load(): typeof BetterSqlite3 {
  try {
    return createRequire(import.meta.url)(NAME) as typeof BetterSqlite3
  } catch (error) {
    throw new Error(
      `SQLite cannot be loaded: the package ${NAME} is missing or was not built for Node ${process.versions.node} on ${process.platform} ${process.arch}. ` +
        'Install wopikit again with this version of Node, with optional dependencies and install scripts allowed; on Node 20 a C++ compiler may be needed.',
      { cause: error },
    )
  }
}
