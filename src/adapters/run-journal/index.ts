export { openRunFolders } from './run-folders.ts'
