export { convertFiles } from './convert-files.ts'
export { type ConvertDeps, convertKnown } from './convert-known.ts'
export type { ConvertedFile, ConvertRequest, ModelConversion } from './convert-port.ts'
export type { Conversion, Converter, NewFiles, PlacedSource } from './ports.ts'
