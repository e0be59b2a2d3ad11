export type { KerasArgument, KerasObject, KerasView } from './keras-view.ts'
export { type JsonNode, readPythonJson } from './python-json.ts'
export { readKeras } from './read-keras.ts'
export { type CodeFacts, readMarshalCode } from './read-marshal.ts'
