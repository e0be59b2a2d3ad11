export { looksLikeUbjson, readUbjson, type UbjsonValue } from './read-ubjson.ts'
