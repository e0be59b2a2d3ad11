import { isOnnxTensor } from '../../../formats/onnx/index.ts'
import { cover } from '../walk-report.ts'
import type { FormatWalker } from '../walker.ts'

/** First tags of TensorProto: its shape, packed or not, or its type. */
const FIRST_TAGS = new Set([0x08, 0x0a, 0x10])

/** Inputs and expected outputs that stand beside models of ONNX, one tensor a file. */
export const onnxTensorWalker: FormatWalker = {
  format: 'onnx-tensor',
  recognizes: ({ head, name }) => /\.pb$/i.test(name) && FIRST_TAGS.has(head[0] ?? 0),
  async walk(walk, place) {
    if (!(await isOnnxTensor(place.source, walk.signal))) return false
    cover(walk, place, { format: 'onnx-tensor', readBytes: 0, status: 'full' })
    return true
  },
}
