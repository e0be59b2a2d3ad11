export { ByteCursor, StreamBreak } from './byte-cursor.ts'
export { type ByteSource, sliceOfSource, sourceOfBytes } from './byte-source.ts'
export { compareUtf8, concatBytes, fromHex, mayOpenObject, standsAt, toHex, utf8, utf8Text } from './bytes.ts'
export { diffLines, type LineChange } from './diff-lines.ts'
export {
  type FlatProblem,
  FlatReader,
  type FlatTable,
  type FlatVector,
} from './flatbuffer.ts'
export { ForwardReader } from './forward-reader.ts'
export { listOf, numberOf, recordOf, textOf } from './loose-json.ts'
export { foldWire, type WireNode, type WireSchema } from './protobuf-fold.ts'
export {
  readWire,
  type WireBudget,
  type WireField,
  type WireProblem,
  WireReader,
  wireBytes,
} from './protobuf-wire.ts'
export { fail, ok, type Result } from './result.ts'
export { type ErrorCode, SallyportError } from './sallyport-error.ts'
export type { UnpackEnd, Unpacking } from './unpacking.ts'
export { uuidV7 } from './uuid.ts'
