import { standsAt } from '../../../ground/lang/index.ts'
import { cover } from '../walk-report.ts'
import type { FormatWalker } from '../walker.ts'

/** `ggml`, `ggmf`, `ggjt` and `ggla` as little-endian numbers: what llama.cpp and whisper.cpp wrote before GGUF. */
const MAGICS = ['lmgg', 'fmgg', 'tjgg', 'algg']

export const ggmlWalker: FormatWalker = {
  format: 'ggml',
  recognizes: ({ head }) => MAGICS.some((magic) => standsAt(head, magic)),
  async walk(walk, place) {
    const reason =
      'a format of ggml before GGUF: its header does not say what follows, and its readers check nothing'
    cover(walk, place, { format: 'ggml', readBytes: 4, status: 'none', reason })
    return true
  },
}
