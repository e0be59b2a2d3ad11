export { looksLikeDatafile, readDatafile } from './read-datafile.ts'
