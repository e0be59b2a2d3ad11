export { convertFiles } from './convert-files.ts'
export { type ConvertDeps, convertKnown } from './convert-known.ts'
export type {
  ConversionOffer,
  ConvertedFile,
  ConvertedModel,
  ConvertRequest,
  ModelConversion,
} from './convert-port.ts'
export type { Conversion, Converter, NewFiles, PlacedSource, SourceModel } from './ports.ts'
