/** Forward only; the place in the list is the version. */
export const MIGRATIONS = [
  `CREATE TABLE model (name TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
   CREATE TABLE version (name TEXT NOT NULL, version INTEGER NOT NULL, state TEXT NOT NULL, digest TEXT, body TEXT NOT NULL, PRIMARY KEY (name, version)) WITHOUT ROWID;
   CREATE INDEX version_state ON version (state);
   CREATE TABLE experiment (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, body TEXT NOT NULL) WITHOUT ROWID;
   CREATE TABLE run (id TEXT PRIMARY KEY, experiment TEXT NOT NULL, started INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
   CREATE INDEX run_experiment ON run (experiment, started DESC);
   CREATE TABLE logged (id TEXT PRIMARY KEY, experiment TEXT NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
   CREATE INDEX logged_experiment ON logged (experiment);
   CREATE TABLE artifact (path TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
   CREATE TABLE webhook (id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
   CREATE TABLE delivery (id TEXT PRIMARY KEY, webhook TEXT NOT NULL, due INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
   CREATE INDEX delivery_due ON delivery (due);
   CREATE TABLE mirrored (target TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;`,
] as const
