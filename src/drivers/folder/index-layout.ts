/** The layout of the database. Each entry is applied once, in order; entries are only ever added. */
export const indexLayout: readonly string[] = [
  `
  -- Files and folders. The path is relative to the folder that is served, '' = that folder; '/<id>' and below = in the bin; null = gone for good.
  CREATE TABLE items (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('file', 'folder')),
    path TEXT UNIQUE,
    parent TEXT,
    inode REAL NOT NULL,
    born REAL NOT NULL,
    size INTEGER NOT NULL,
    -- Of a folder: when it was last listed completely, in its own time; -1 = never.
    mtime REAL NOT NULL,
    version INTEGER NOT NULL,
    modified_at INTEGER NOT NULL,
    sha256 TEXT,
    -- When it was first missing on disk.
    gone_at INTEGER
  ) WITHOUT ROWID;
  CREATE INDEX items_inode ON items (inode);
  CREATE INDEX items_parent ON items (parent);
  CREATE INDEX items_gone ON items (gone_at) WHERE gone_at IS NOT NULL;

  -- Contents a file has had. An entry stands for several versions when the same bytes were saved again.
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
    -- 1 = its bytes have a place of their own in the history; 0 = they are the document's, or gone.
    stored INTEGER NOT NULL,
    suspicious TEXT,
    pinned INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (file_id, version)
  ) WITHOUT ROWID;
  CREATE INDEX versions_at ON versions (at) WHERE pinned = 0;

  -- A row stays after its lock has gone; it remembers which lock was released last.
  CREATE TABLE locks (
    file_id TEXT PRIMARY KEY,
    lock_id TEXT NOT NULL,
    acquired_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    user_name TEXT NOT NULL,
    released_at INTEGER
  ) WITHOUT ROWID;
  CREATE TRIGGER items_erased AFTER DELETE ON items BEGIN DELETE FROM locks WHERE file_id = old.id; END;
  CREATE INDEX locks_expiry ON locks (expires_at) WHERE released_at IS NULL;

  CREATE TABLE user_infos (user_id TEXT PRIMARY KEY, user_info TEXT NOT NULL) WITHOUT ROWID;

  -- Bodies that have arrived and are nobody's yet.
  CREATE TABLE staged (
    staged_id TEXT PRIMARY KEY,
    instance TEXT NOT NULL,
    file_id TEXT NOT NULL,
    -- The file it is to replace; or the id and path of the one it is to become.
    target_id TEXT,
    target_path TEXT,
    size INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    save TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX staged_instance ON staged (instance);

  -- Moves that were begun.
  CREATE TABLE moves (
    move_id TEXT PRIMARY KEY,
    instance TEXT NOT NULL,
    item_id TEXT NOT NULL,
    target TEXT NOT NULL
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
  CREATE INDEX rescued_at ON rescued (at);

  CREATE TABLE binned (
    item_id TEXT PRIMARY KEY,
    path TEXT NOT NULL,
    size INTEGER NOT NULL,
    at INTEGER NOT NULL,
    user_name TEXT
  ) WITHOUT ROWID;
  CREATE INDEX binned_at ON binned (at);

  -- Files of ours that are to be removed, relative to the data folder.
  CREATE TABLE removals (place TEXT PRIMARY KEY) WITHOUT ROWID;

  -- What happened, for every process that serves the folder.
  CREATE TABLE events (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    instance TEXT NOT NULL,
    at INTEGER NOT NULL,
    events TEXT NOT NULL
  );

  -- Sums that would take long to count.
  CREATE TABLE totals (name TEXT PRIMARY KEY, bytes INTEGER NOT NULL) WITHOUT ROWID;
  INSERT INTO totals VALUES ('versions', 0), ('rescued', 0), ('binned', 0);
  CREATE TRIGGER versions_added AFTER INSERT ON versions WHEN new.stored = 1
    BEGIN UPDATE totals SET bytes = bytes + new.size WHERE name = 'versions'; END;
  CREATE TRIGGER versions_stored AFTER UPDATE OF stored ON versions
    BEGIN UPDATE totals SET bytes = bytes + new.size * (new.stored - old.stored) WHERE name = 'versions'; END;
  CREATE TRIGGER versions_removed AFTER DELETE ON versions WHEN old.stored = 1
    BEGIN UPDATE totals SET bytes = bytes - old.size WHERE name = 'versions'; END;
  CREATE TRIGGER rescued_added AFTER INSERT ON rescued
    BEGIN UPDATE totals SET bytes = bytes + new.size WHERE name = 'rescued'; END;
  CREATE TRIGGER rescued_removed AFTER DELETE ON rescued
    BEGIN UPDATE totals SET bytes = bytes - old.size WHERE name = 'rescued'; END;
  CREATE TRIGGER binned_added AFTER INSERT ON binned
    BEGIN UPDATE totals SET bytes = bytes + new.size WHERE name = 'binned'; END;
  CREATE TRIGGER binned_removed AFTER DELETE ON binned
    BEGIN UPDATE totals SET bytes = bytes - old.size WHERE name = 'binned'; END;
  `,
  `
  -- URL of the client that took the lock; null = not known.
  ALTER TABLE locks ADD COLUMN client TEXT;
  `,
]
