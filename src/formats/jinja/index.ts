export { foldJinja } from './fold-jinja.ts'
export type { Trigger } from './guess.ts'
export { readJinja } from './read-jinja.ts'
export type { Sight } from './sight.ts'
