export { engineKind, readEngine } from './read-engine.ts'
