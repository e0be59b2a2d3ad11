export type {
  ConversionOffer,
  ConvertedFile,
  ConvertedModel,
  ConvertRequest,
  ModelConversion,
} from './convert-port.ts'
