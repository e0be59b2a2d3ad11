import { type CodeFacts, readMarshalCode } from '../../../formats/keras/index.ts'
import { applyRules, cover } from '../walk-report.ts'
import type { FormatWalker } from '../walker.ts'

/** Bytes of compiled Python that are read. The largest module of the standard library has 0.2 MB. */
const MAX_BYTES = 16 * 1024 * 1024
/** Lengths of the header, newest first: PEP 552, CPython 3.3, CPython 2. */
const HEADERS = [16, 12, 8]

/** Compiled Python, .pyc: names and texts are read from its code objects; what it does with them is not followed. */
export const compiledPythonWalker: FormatWalker = {
  format: 'compiled-python',
  recognizes: ({ head, name }) =>
    head[2] === 0x0d && head[3] === 0x0a && (/\.py[co]$/i.test(name) || isNewHeader(head)),
  async walk(walk, place) {
    const bytes = await place.source.read(0, MAX_BYTES, walk.signal)
    const code = codeOf(bytes)
    if (code === undefined) return false
    const before = walk.findings.length
    applyRules(walk, place, { kind: 'compiled-python', names: new Set(code.names), texts: code.texts })
    const base = { format: 'compiled-python', readBytes: bytes.length } as const
    // What was found stands for itself; only where nothing was, it must not be called clean.
    const isFound = walk.findings.slice(before).some(({ verdict }) => verdict !== 'clean')
    const reason = 'compiled Python is judged by its names and texts only'
    cover(walk, place, isFound ? { ...base, status: 'full' } : { ...base, status: 'partial', reason })
    return true
  },
}

/** Magic numbers 3392 (3.7) to 3999, flags 0 to 3, then a code object. */
function isNewHeader(head: Uint8Array): boolean {
  const magic = (head[0] ?? 0) + 256 * (head[1] ?? 0)
  const flags = (head[4] ?? 9) <= 3 && head[5] === 0 && head[6] === 0 && head[7] === 0
  return magic >= 3392 && magic < 4000 && flags && head[16] === 0xe3
}

function codeOf(bytes: Uint8Array): CodeFacts | undefined {
  for (const length of HEADERS) {
    const code = readMarshalCode(bytes.subarray(length))
    if (code !== undefined) return code
  }
  return undefined
}
