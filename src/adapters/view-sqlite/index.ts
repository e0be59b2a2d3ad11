export { openSqliteView } from './sqlite-view.ts'
