export { openState, type State } from './state.ts'
