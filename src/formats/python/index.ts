export { originsOf, type PythonValue, prefixOf, textOf } from './python-value.ts'
export type { PythonEvent, PythonView } from './python-view.ts'
export { isPython, readPython } from './read-python.ts'
