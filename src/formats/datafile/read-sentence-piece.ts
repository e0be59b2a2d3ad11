import { type ByteSource, readWire, WireReader } from '../../ground/lang/index.ts'
import type { DatafileView } from './datafile-view.ts'

/** Fields read: a piece each; the largest vocabulary published has 262,144. */
const MAX_FIELDS = 4_000_000
/** Bytes of the first piece that are looked at. */
const MAX_PIECE_BYTES = 256

/** Fields of ModelProto: pieces, trainer_spec, normalizer_spec, self_test_data, denormalizer_spec (sentencepiece_model.proto). */
const FIELDS = new Set([1, 2, 3, 4, 5])

/** A SentencePiece vocabulary: a protobuf message whose first field is a piece with a text. Its texts are data. */
export async function readSentencePiece(
  source: ByteSource,
  head: Uint8Array,
  signal?: AbortSignal,
): Promise<DatafileView | undefined> {
  if (head[0] !== 0x0a || !startsWithPiece(head)) return undefined
  const reader = new WireReader(source, { left: MAX_FIELDS }, { signal })
  let trainers = 0
  for (let field = await reader.next(); field !== undefined; field = await reader.next()) {
    if (!FIELDS.has(field.number) || field.kind !== 'bytes') return undefined
    if (field.number === 2) trainers += 1
  }
  const { problem, readBytes } = reader
  // Without what trained it, any message of strings could be one.
  if (problem === undefined && trainers === 0) return undefined
  const view = { kind: 'sentencepiece', readBytes }
  return problem === undefined ? view : { ...view, problem: problem.message }
}

/** `{ piece: text, score: fixed32, type: varint }`, the first of all vocabularies: the unknown piece. */
function startsWithPiece(head: Uint8Array): boolean {
  const length = head[1] ?? 0
  if (length < 3 || length > MAX_PIECE_BYTES || length > 127) return false
  const { fields, problem } = readWire(head.subarray(2, 2 + length), { left: 8 })
  const [piece] = fields
  return (
    problem === undefined &&
    piece?.number === 1 &&
    piece.kind === 'bytes' &&
    fields.every(({ number }) => number <= 3)
  )
}
