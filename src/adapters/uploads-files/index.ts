export { openUploadFolder } from './upload-folder.ts'
