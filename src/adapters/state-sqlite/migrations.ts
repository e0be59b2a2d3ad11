/** Steps of the schema, in order; forward only. A step that has been released is never edited: a new one is added. */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE principals (
     tenant TEXT NOT NULL, id TEXT NOT NULL, role TEXT NOT NULL, owner TEXT NOT NULL,
     created_at TEXT NOT NULL, disabled_at TEXT, PRIMARY KEY (tenant, id)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE principal_names (
     tenant TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (tenant, id),
     FOREIGN KEY (tenant, id) REFERENCES principals (tenant, id)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE tokens (
     tenant TEXT NOT NULL, id TEXT NOT NULL, principal_id TEXT NOT NULL, label TEXT NOT NULL, role TEXT NOT NULL,
     hash TEXT NOT NULL UNIQUE, created_at TEXT NOT NULL, expires_at TEXT, last_used_at TEXT, revoked_at TEXT,
     PRIMARY KEY (tenant, id), FOREIGN KEY (tenant, principal_id) REFERENCES principals (tenant, id)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX tokens_of ON tokens (tenant, principal_id, id);
   CREATE TABLE sessions (
     tenant TEXT NOT NULL, hash TEXT NOT NULL, principal_id TEXT NOT NULL, created_at TEXT NOT NULL,
     last_used_at TEXT NOT NULL, expires_at TEXT NOT NULL,
     PRIMARY KEY (tenant, hash), FOREIGN KEY (tenant, principal_id) REFERENCES principals (tenant, id)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE login_links (
     tenant TEXT NOT NULL, hash TEXT NOT NULL, principal_id TEXT NOT NULL, expires_at TEXT NOT NULL,
     PRIMARY KEY (tenant, hash), FOREIGN KEY (tenant, principal_id) REFERENCES principals (tenant, id)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE remembered_requests (
     tenant TEXT NOT NULL, scope TEXT NOT NULL, key TEXT NOT NULL, digest TEXT NOT NULL, process TEXT NOT NULL,
     at TEXT NOT NULL, status INTEGER, body TEXT, headers TEXT, PRIMARY KEY (tenant, scope, key)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX remembered_at ON remembered_requests (tenant, at);`,
]
