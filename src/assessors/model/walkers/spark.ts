import { utf8Text } from '../../../ground/lang/index.ts'
import { applyRules } from '../walk-report.ts'
import { walkText } from '../walk-text.ts'
import type { FormatWalker } from '../walker.ts'

/** Bytes of the metadata of one stage; parameters, never data. */
const MAX_METADATA_BYTES = 4 * 1024 * 1024

export const sparkWalker: FormatWalker = {
  format: 'spark',
  recognizes: ({ head, name }) =>
    /(?:^|\/)(?:metadata\/)?part-\d{5}$/.test(name) &&
    /^\s*\{/.test(Buffer.from(head.subarray(0, 16)).toString('latin1')),
  async walk(walk, place) {
    if (place.source.size > MAX_METADATA_BYTES) return false
    const text = utf8Text(await place.source.read(0, place.source.size, walk.signal)) ?? ''
    const className = classOf(text.split('\n', 1)[0] ?? '')
    if (className === undefined) return false
    const at = className.lastIndexOf('.')
    const role = walk.policy.roleOf(className.slice(0, Math.max(0, at)), className.slice(at + 1))
    applyRules(walk, place, { kind: 'spark', className, role })
    return walkText(walk, place)
  },
}

/** The class that Spark makes for the stage: the reader of parameters takes it from this line. */
function classOf(json: string): string | undefined {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null && 'class' in value && typeof value.class === 'string'
      ? value.class
      : undefined
  } catch {
    return undefined // Information: some other text.
  }
}
