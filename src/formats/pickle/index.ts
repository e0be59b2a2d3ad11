export type { CallWay, EventSink, PickleEvent } from './pickle-event.ts'
export { type PickleOptions, type PickleRun, runPickle } from './run-pickle.ts'
export { type BytesValue, type CallValue, entryOf, type Value } from './value.ts'
export { writePython } from './write-python.ts'
