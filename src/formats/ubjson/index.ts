export { looksLikeUbjson, readUbjson } from './read-ubjson.ts'
