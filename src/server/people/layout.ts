/** The layout of the database of people. Each entry is applied once, in order; entries are only ever added. */
export const peopleLayout: readonly string[] = [
  `
  -- Accounts have a name to sign in with; guests, who came by a link, have none.
  CREATE TABLE people (
    id TEXT PRIMARY KEY,
    sign_in_name TEXT UNIQUE,
    name TEXT NOT NULL,
    -- 0: a guest whose name was made up for them.
    named INTEGER NOT NULL DEFAULT 1,
    password TEXT,
    admin INTEGER NOT NULL DEFAULT 0,
    disabled INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
  ) WITHOUT ROWID;

  CREATE TABLE sessions (
    hash TEXT PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES people ON DELETE CASCADE,
    started_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    address TEXT NOT NULL,
    user_agent TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX sessions_person ON sessions (person_id);

  -- person_id NULL: the link that makes the first account.
  CREATE TABLE one_time_links (
    hash TEXT PRIMARY KEY,
    person_id TEXT REFERENCES people ON DELETE CASCADE,
    ends_at INTEGER NOT NULL
  ) WITHOUT ROWID;

  CREATE TABLE roles (
    person_id TEXT NOT NULL REFERENCES people ON DELETE CASCADE,
    item_id TEXT NOT NULL,
    role TEXT NOT NULL,
    PRIMARY KEY (person_id, item_id)
  ) WITHOUT ROWID;
  CREATE INDEX roles_item ON roles (item_id);

  CREATE TABLE shares (
    id TEXT PRIMARY KEY,
    secret TEXT NOT NULL UNIQUE,
    item_id TEXT NOT NULL,
    role TEXT NOT NULL,
    password TEXT,
    ends_at INTEGER,
    made_by TEXT NOT NULL REFERENCES people ON DELETE CASCADE,
    made_at INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX shares_item ON shares (item_id);

  CREATE TABLE share_entries (
    share_id TEXT NOT NULL REFERENCES shares ON DELETE CASCADE,
    person_id TEXT NOT NULL REFERENCES people ON DELETE CASCADE,
    PRIMARY KEY (person_id, share_id)
  ) WITHOUT ROWID;
  CREATE INDEX share_entries_share ON share_entries (share_id);
  `,
  `
  -- Tries to sign in that failed, or have not succeeded yet, by what is counted.
  CREATE TABLE failures (
    hash TEXT PRIMARY KEY,
    count INTEGER NOT NULL,
    since INTEGER NOT NULL,
    failed_at INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX failures_since ON failures (since);
  CREATE INDEX failures_failed_at ON failures (failed_at);
  `,
]
