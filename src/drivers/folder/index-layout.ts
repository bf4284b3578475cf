/** The layout of the database. Each entry is applied once, in order; entries are only ever added. */
export const indexLayout: readonly string[] = [
  `
  CREATE TABLE items (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('file', 'folder')),
    path TEXT UNIQUE,
    inode REAL NOT NULL,
    size INTEGER NOT NULL,
    mtime REAL NOT NULL,
    version INTEGER NOT NULL,
    modified_at INTEGER NOT NULL,
    sha256 TEXT
  ) WITHOUT ROWID;
  CREATE INDEX items_inode ON items (inode);

  CREATE TABLE versions (
    file_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    last_version INTEGER NOT NULL,
    size INTEGER NOT NULL,
    sha256 TEXT,
    at INTEGER NOT NULL,
    origin TEXT NOT NULL,
    user_id TEXT,
    user_name TEXT,
    editors TEXT NOT NULL,
    modified_by_user INTEGER NOT NULL,
    session TEXT,
    stored INTEGER NOT NULL,
    suspicious TEXT,
    pinned INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (file_id, version)
  ) WITHOUT ROWID;

  CREATE TABLE locks (
    file_id TEXT PRIMARY KEY,
    lock_id TEXT NOT NULL,
    acquired_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    user_name TEXT NOT NULL,
    released_at INTEGER
  ) WITHOUT ROWID;

  CREATE TABLE user_infos (user_id TEXT PRIMARY KEY, user_info TEXT NOT NULL) WITHOUT ROWID;

  CREATE TABLE staged (
    staged_id TEXT PRIMARY KEY,
    instance TEXT NOT NULL,
    file_id TEXT NOT NULL,
    inode REAL NOT NULL,
    size INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    save TEXT NOT NULL
  ) WITHOUT ROWID;

  CREATE TABLE rescued (
    rescued_id TEXT PRIMARY KEY,
    file_id TEXT NOT NULL,
    name TEXT NOT NULL,
    size INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    at INTEGER NOT NULL,
    code TEXT NOT NULL,
    reason TEXT NOT NULL,
    base_version TEXT,
    save TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX rescued_file ON rescued (file_id, at);

  CREATE TABLE binned (
    file_id TEXT PRIMARY KEY,
    path TEXT NOT NULL,
    size INTEGER NOT NULL,
    at INTEGER NOT NULL
  ) WITHOUT ROWID;
  `,
]
