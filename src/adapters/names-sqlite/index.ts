export { openNameBook } from './name-book.ts'
