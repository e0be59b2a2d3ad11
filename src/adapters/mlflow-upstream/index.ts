export { webFiles } from './web-file.ts'
