/** Raised whenever a table changes: an older database is made anew from its dumps, never migrated. */
export const SHAPE = 1

export const TABLES = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE record (id INTEGER PRIMARY KEY, osv TEXT NOT NULL UNIQUE, modified TEXT NOT NULL, stamp INTEGER NOT NULL, body TEXT NOT NULL);
  CREATE TABLE exploit (cve TEXT PRIMARY KEY, epss REAL, kev INTEGER) WITHOUT ROWID;
`

/** Names while they are gathered: a record that comes twice leaves the names of its older self behind. */
export const STAGE =
  'CREATE TABLE stage (ecosystem TEXT NOT NULL, name TEXT NOT NULL, record INTEGER NOT NULL, stamp INTEGER NOT NULL)'

/** Sorted once, at the end: a B-tree that grows in order is some ten times as fast as one that does not. */
export const FINISH = `
  DROP TABLE IF EXISTS affects;
  CREATE TABLE affects (ecosystem TEXT NOT NULL, name TEXT NOT NULL, record INTEGER NOT NULL, PRIMARY KEY (ecosystem, name, record)) WITHOUT ROWID;
  INSERT INTO affects SELECT DISTINCT stage.ecosystem, stage.name, stage.record FROM stage
    JOIN record ON record.id = stage.record AND record.stamp = stage.stamp ORDER BY 1, 2, 3;
  DROP TABLE stage;
  DROP TABLE IF EXISTS ecosystem;
  CREATE TABLE ecosystem (name TEXT PRIMARY KEY, records INTEGER NOT NULL) WITHOUT ROWID;
  INSERT INTO ecosystem SELECT ecosystem, count(DISTINCT record) FROM affects GROUP BY ecosystem;
`
