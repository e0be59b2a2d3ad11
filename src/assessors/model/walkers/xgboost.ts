import { looksLikeUbjson, readUbjson } from '../../../formats/ubjson/index.ts'
import { judgeBooster, looksLikeBinaryBooster, readBinaryBooster } from '../../../formats/xgboost/index.ts'
import { fail, mayOpenObject, ok, type Result, utf8Text } from '../../../ground/lang/index.ts'
import { applyRules, cover, type Place, type Walk } from '../walk-report.ts'
import { walkText } from '../walk-text.ts'
import type { FormatWalker } from '../walker.ts'
import { judgeMetadata } from '../words/walk-words.ts'

/** Bytes of a model in JSON that is parsed; larger ones stay a text of which not all was understood. */
const MAX_JSON_BYTES = 128 * 1024 * 1024

export const xgboostWalker: FormatWalker = {
  format: 'xgboost',
  recognizes: ({ head }) =>
    looksLikeJsonBooster(head) || looksLikeUbjson(head) || looksLikeBinaryBooster(head),
  async walk(walk, place) {
    const head = await place.source.read(0, 512, walk.signal)
    if (looksLikeUbjson(head)) return walkUbjson(walk, place)
    return looksLikeBinaryBooster(head) ? walkBinary(walk, place) : walkJson(walk, place)
  },
}

/** Keys stand in the order of the alphabet, so that one of these is the first. */
function looksLikeJsonBooster(head: Uint8Array): boolean {
  return (
    mayOpenObject(head) &&
    /^\s*\{\s*"(?:learner|Config|Model)"\s*:/.test(Buffer.from(head.subarray(0, 128)).toString('latin1'))
  )
}

async function walkJson(walk: Walk, place: Place): Promise<boolean> {
  if (place.source.size > MAX_JSON_BYTES) return false
  const parsed = parse(utf8Text(await place.source.read(0, place.source.size, walk.signal)))
  if (!parsed.ok) {
    if (
      !/"(?:learner|gradient_booster)"/.test(
        Buffer.from(await place.source.read(0, 4096, walk.signal)).toString('latin1'),
      )
    )
      return false
    const base = { format: 'json', readBytes: place.source.size, status: 'partial' } as const
    cover(walk, place, { ...base, reason: `the JSON breaks: ${parsed.error}` })
    return true
  }
  const view = judgeBooster(parsed.value)
  if (view === undefined) return false
  applyRules(walk, place, { kind: 'xgboost', view, duplicateKeys: [] })
  await judgeMetadata(walk, place, Object.entries(view.attributes))
  return walkText(walk, place)
}

function parse(text: string | undefined): Result<unknown> {
  try {
    return text === undefined ? fail('it is not UTF-8') : ok(parseLoose(text))
  } catch (error) {
    return fail(error instanceof Error ? error.message : 'it is no JSON')
  }
}

/** JSON as XGBoost writes it: splits by category have no number, and stand as `NaN` (src/common/json.cc). */
function parseLoose(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return JSON.parse(text.replace(NO_NUMBER, (found) => (found.startsWith('"') ? found : 'null')))
  }
}

/** Texts are stepped over. */
const NO_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\b(?:NaN|Infinity)\b/g

/** Plain data, whatever it describes: only a model of XGBoost has rules. */
async function walkUbjson(walk: Walk, place: Place): Promise<boolean> {
  const { value, problem, duplicateKeys, readBytes } = await readUbjson(place.source, walk.signal)
  if (value === undefined && problem?.kind === 'malformed') return false
  const view = judgeBooster(value)
  if (view !== undefined) {
    applyRules(walk, place, { kind: 'xgboost', view, duplicateKeys })
    await judgeMetadata(walk, place, Object.entries(view.attributes))
  }
  const format = view === undefined ? 'ubjson' : 'xgboost-ubj'
  if (problem === undefined) cover(walk, place, { format, readBytes, status: 'full' })
  else cover(walk, place, { format, readBytes, status: 'partial', reason: problem.message })
  return true
}

async function walkBinary(walk: Walk, place: Place): Promise<boolean> {
  const { view, readBytes, reason } = await readBinaryBooster(place.source, walk.signal)
  applyRules(walk, place, { kind: 'xgboost', view, duplicateKeys: [] })
  await judgeMetadata(walk, place, Object.entries(view.attributes))
  const base = { format: 'xgboost-binary', readBytes } as const
  if (reason === undefined) cover(walk, place, { ...base, status: 'full' })
  else cover(walk, place, { ...base, status: 'partial', reason })
  return true
}
