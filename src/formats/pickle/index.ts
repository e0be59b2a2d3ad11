export type { CallWay, PickleEvent } from './pickle-event.ts'
export { type PickleRun, runPickle } from './run-pickle.ts'
export type { Value } from './value.ts'
export { writePython } from './write-python.ts'
