export { openState } from './state.ts'
