export { openSqliteView, type SqliteView } from './sqlite-view.ts'
