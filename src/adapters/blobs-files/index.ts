export { type BlobFolder, openBlobFolder } from './blob-folder.ts'
