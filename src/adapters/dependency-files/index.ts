export { openDependencies } from './open-dependencies.ts'
