import { cover } from '../walk-report.ts'
import type { FormatWalker } from '../walker.ts'

/** Chunks of arrays of a checkpoint of Orbax: their names are digests, their bytes are numbers, plain or packed. */
const DATA_NAME = /(?:^|\/)d\/[0-9a-f]{32}$/
/** The key-value store of TensorStore, in which Orbax keeps the parameters of JAX models. It holds no code. */
export const ocdbtWalker: FormatWalker = {
  format: 'ocdbt',
  recognizes: ({ head, name }) => isManifest(head) || (DATA_NAME.test(name) && !isOther(head)),
  async walk(walk, place) {
    cover(walk, place, { format: 'ocdbt', readBytes: 4, status: 'full' })
    return true
  },
}

/** The magic of manifest.ocdbt (tensorstore/kvstore/ocdbt/format). */
function isManifest(head: Uint8Array): boolean {
  return head[0] === 0x0c && head[1] === 0xdb && head[2] === 0x3a && head[3] === 0x2a
}

/** What another program might make of such a file all the same: pickles, archives, programs, scripts. */
function isOther(head: Uint8Array): boolean {
  const [first = 0, second = 0] = head
  const start = Buffer.from(head.subarray(0, 4)).toString('latin1')
  return (first === 0x80 && second >= 2 && second <= 5) || /^(?:PK|MZ|#!|.ELF)/s.test(start)
}
