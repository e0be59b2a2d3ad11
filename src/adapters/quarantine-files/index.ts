export { openPartialFolder } from './partial-folder.ts'
