export { readRunEvent } from './read-run-event.ts'
