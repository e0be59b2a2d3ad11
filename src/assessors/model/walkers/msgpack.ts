import { looksLikeMsgpack, type MsgpackSight, readMsgpack } from '../../../formats/msgpack/index.ts'
import { sliceOfSource } from '../../../ground/lang/index.ts'
import { applyRules, cover } from '../walk-report.ts'
import type { FormatWalker } from '../walker.ts'
import { judgeMetadata } from '../words/walk-words.ts'

/** Binaries that are entered. */
const MAX_ENTERED = 50

export const msgpackWalker: FormatWalker = {
  format: 'msgpack',
  recognizes: ({ head, name }) =>
    looksLikeMsgpack(head) || (/\.(?:msgpack|flax|mpk)$/i.test(name) && head.length > 0),
  async walk(walk, place, enter) {
    const view = await readMsgpack(place.source, walk.signal)
    const [problem] = view.problems
    // Without a magic, only a value that ends with the file tells that it is one, or the name.
    const isNamed = /\.(?:msgpack|flax|mpk)$/i.test(place.members.at(-1) ?? walk.path)
    const isOne = view.rootKind !== 'other' && problem === undefined
    if (!isOne && !(isNamed && view.valueCount > 1)) return false
    applyRules(walk, place, { kind: 'msgpack', view })
    await judgeMetadata(walk, place, view.words)
    const base = { format: 'msgpack', readBytes: view.readBytes } as const
    if (problem === undefined) cover(walk, place, { ...base, status: 'full' })
    else cover(walk, place, { ...base, status: 'partial', reason: problem.message })
    const pickled = new Set(view.pickledArrays)
    const inner = view.sights.filter((sight) => isPickle(sight) || pickled.has(sight.path))
    for (const { path, offset, length } of inner.slice(0, MAX_ENTERED)) {
      const source = sliceOfSource(place.source, offset, length)
      await enter({ source, members: [...place.members, path], depth: place.depth + 1 })
    }
    return true
  },
}

/** A payload that begins and ends as a pickle does. Arrays of Flax are extensions 1 and 3, and begin with a list. */
function isPickle({ head, last }: MsgpackSight): boolean {
  return head[0] === 0x80 && (head[1] ?? 9) >= 2 && (head[1] ?? 9) <= 5 && last === 0x2e
}
