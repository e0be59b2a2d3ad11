export { readDatafile } from './read-datafile.ts'
