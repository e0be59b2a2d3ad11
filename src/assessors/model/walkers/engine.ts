import { cover } from '../walk-report.ts'
import type { FormatWalker } from '../walker.ts'

const ENGINES: readonly { readonly format: string; readonly magic: string; readonly what: string }[] = [
  { format: 'tensorrt', magic: 'ftrt', what: 'a plan of TensorRT: machine code for one device' },
  { format: 'tensorrt', magic: 'ptrt', what: 'a plan of TensorRT: machine code for one device' },
  { format: 'rknn', magic: 'RKNN', what: 'a model of RKNN: a compiled program for one device' },
  { format: 'cntk', magic: 'B\0C\0N\0', what: 'a model of CNTK 1, whose layout is not published' },
]

/** Compiled engines: opaque by nature, so never called clean. */
export const engineWalker: FormatWalker = {
  format: 'engine',
  recognizes: ({ head }) => engineOf(head) !== undefined,
  async walk(walk, place) {
    const head = await place.source.read(0, 16, walk.signal)
    const engine = engineOf(head)
    if (engine === undefined) return false
    const reason = `${engine.what}; nothing can be said of it`
    cover(walk, place, { format: engine.format, readBytes: head.length, status: 'none', reason })
    return true
  },
}

function engineOf(head: Uint8Array): (typeof ENGINES)[number] | undefined {
  const start = new TextDecoder('latin1').decode(head.subarray(0, 8))
  return ENGINES.find(({ magic }) => start.startsWith(magic))
}
