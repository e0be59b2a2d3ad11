import { utf8Text } from '../../../ground/lang/index.ts'
import { isWholeJava } from '../rules/tabular/foreign-code.ts'
import { applyRules, cover } from '../walk-report.ts'
import type { FormatWalker } from '../walker.ts'

/** Bytes of a source that are read. Models of H2O as source have some ten megabytes. */
const MAX_JAVA_BYTES = 32 * 1024 * 1024

export const javaWalker: FormatWalker = {
  format: 'java',
  recognizes: ({ name }) => /\.java$/i.test(name),
  async walk(walk, place) {
    const bytes = await place.source.read(0, MAX_JAVA_BYTES, walk.signal)
    const text = utf8Text(bytes)
    if (text === undefined || text.includes('\0')) return false
    applyRules(walk, place, {
      kind: 'java',
      text,
      isModel: /hex\.genmodel|\bextends\s+GenModel\b/.test(text),
    })
    const base = { format: 'java', readBytes: bytes.length } as const
    const reason =
      bytes.length < place.source.size
        ? 'only the beginning of the source was read'
        : isWholeJava(text)
          ? undefined
          : 'the source breaks off: its braces do not match'
    if (reason === undefined) cover(walk, place, { ...base, status: 'full' })
    else cover(walk, place, { ...base, status: 'partial', reason })
    return true
  },
}
