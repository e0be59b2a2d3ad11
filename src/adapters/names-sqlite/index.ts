export { type NameBookFile, openNameBook } from './name-book.ts'
