export { openPlaceReader } from './place-reader.ts'
