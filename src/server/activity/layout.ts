/** The layout of the database of what goes on. Nothing in it is missed when it is lost. */
export const activityLayout: readonly string[] = [
  `
  CREATE TABLE presences (
    id TEXT PRIMARY KEY,
    file_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    name TEXT NOT NULL,
    editing INTEGER NOT NULL,
    since INTEGER NOT NULL,
    seen_at INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX presences_file ON presences (file_id);

  CREATE TABLE departures (file_id TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;

  -- Saves that are being received, and take their time.
  CREATE TABLE arrivals (id TEXT PRIMARY KEY, file_id TEXT NOT NULL, begun_at INTEGER NOT NULL) WITHOUT ROWID;
  CREATE INDEX arrivals_file ON arrivals (file_id);

  CREATE TABLE refusals (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    operation TEXT,
    file_id TEXT,
    user_id TEXT,
    status INTEGER NOT NULL,
    reason TEXT NOT NULL
  );
  `,
]
