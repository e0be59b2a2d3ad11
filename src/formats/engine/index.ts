export { type EngineView, engineKind, readEngine } from './read-engine.ts'
