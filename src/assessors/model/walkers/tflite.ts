import { readNode } from '../../../formats/tensorflow/index.ts'
import { type CustomOp, type FlexNode, looksLikeTflite, readTflite } from '../../../formats/tflite/index.ts'
import type { TfliteSubject } from '../subjects/tflite-subject.ts'
import { type OpRole, opRoleOf, roleOfNode } from '../tensorflow-roles.ts'
import { applyRules, cover } from '../walk-report.ts'
import { lookForProgram, walkSpans } from '../walk-spans.ts'
import type { FormatWalker } from '../walker.ts'
import { judgeMetadata } from '../words/walk-words.ts'

const NO_FUNCTIONS: ReadonlySet<string> = new Set()

export const tfliteWalker: FormatWalker = {
  format: 'tflite',
  recognizes: ({ head }) => looksLikeTflite(head),
  async walk(walk, place) {
    const view = await readTflite(place.source, walk.signal)
    const ops = view.customOps.map((op) => ({ name: op.name, role: roleOf(op), texts: op.texts }))
    const flex = flexOps(view.flexNodes)
    applyRules(walk, place, { kind: 'tflite', view, ops: [...flex.ops, ...ops] })
    await judgeMetadata(walk, place, [['description', view.description]])
    const base = { format: 'tflite', readBytes: view.readBytes }
    const reason = view.isCut
      ? 'the model leads outside the file, or has more parts than we read'
      : flex.unread
    if (reason === undefined) cover(walk, place, { ...base, status: 'full' })
    else cover(walk, place, { ...base, status: 'partial', reason })
    await walkSpans(
      walk,
      place,
      view.buffers.map((buffer, i) => ({ name: `buffer ${i}`, ...buffer })),
    )
    await lookForProgram(walk, place, view.endOffset)
    return true
  },
}

/** Custom operations that come with TensorFlow Lite, its task library and MediaPipe. */
const KNOWN =
  /^(TFLite_|tflite_|Tflite|TfLite|tftext:|TFText|TFSentencepiece|Convolution2DTransposeBias|Max(Pooling|Unpooling)|MaxPoolWithArgmax|MaxPoolingWithArgmax2D|MaxUnpooling2D|TransformTensorBilinear|TransformLandmarks|Landmarks2TransformMatrix|AvgPool|Aggregate|Resampler|ResizeNearest|RFFT2D|IRFFT2D|RandomStandardNormal|RandomUniform|Multinomial|HashtableV?2?|LookupTable|VarHandle|ReadVariable|AssignVariable|NumericVerify|AudioSpectrogram|Mfcc|Atan2|Sign|Roll|Cumsum|Extract(Image|Volume)Patches|NGrams|KmeansEmbeddingLookup|RunTFLite|ngrams|whitespace_tokenizer|ragged_|Predict|Normalize|ExtractFeatures|odml\.|aeq\.|STABLEHLO|edgetpu-custom-op|ethos-u|QNN|qnn|vela|SignalFilter|Signal[A-Z])/

/** Fields of the NodeDefs of one model; each has some dozen. */
const MAX_FIELDS = 5_000_000

/**
 * What the Flex operations of a model carry out: the operation of the NodeDef, which may be another than the model names, with
 * the attributes that stand there.
 */
function flexOps(nodes: readonly FlexNode[]): { ops: TfliteSubject['ops']; unread: string | undefined } {
  const budget = { left: MAX_FIELDS }
  const ops = new Map<string, TfliteSubject['ops'][number]>()
  let unread: string | undefined
  for (const { name, nodeDef, offset } of nodes) {
    const node = nodeDef && readNode(nodeDef, offset, budget)
    if (node === undefined) {
      unread ??= `the options of ${name.slice(0, 100)} hold no operation of TensorFlow that can be read`
      continue
    }
    const isSame = name === `Flex${node.op}`
    const role = roleOfNode(node, NO_FUNCTIONS)
    // What the name tells by itself is said once, for the name.
    if (role === 'standard' || (isSame && role === opRoleOf(node.op, NO_FUNCTIONS))) continue
    const shown = isSame ? name : `${name}, which carries out ${node.op},`
    if (!ops.has(shown)) ops.set(shown, { name: shown, role, texts: node.texts.map(({ text }) => text) })
  }
  return { ops: [...ops.values()], unread }
}

function roleOf({ name }: CustomOp): OpRole {
  if (name.startsWith('Flex')) return opRoleOf(name.slice('Flex'.length), NO_FUNCTIONS)
  const role = opRoleOf(name, NO_FUNCTIONS)
  return role === 'unknown' && KNOWN.test(name) ? 'standard' : role
}
