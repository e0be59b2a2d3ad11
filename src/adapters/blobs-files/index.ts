export { openBlobFolder } from './blob-folder.ts'
