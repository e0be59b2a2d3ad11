export { openUploadFolder, type ReceivedUpload } from './upload-folder.ts'
