export { watchPlace } from './watch-place.ts'
