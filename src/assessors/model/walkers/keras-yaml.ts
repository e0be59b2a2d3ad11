import { type JsonNode, readKeras } from '../../../formats/keras/index.ts'
import { readYaml } from '../../../formats/yaml/index.ts'
import { utf8Text } from '../../../ground/lang/index.ts'
import { kerasRoleOf } from '../keras-roles.ts'
import { applyRules } from '../walk-report.ts'
import { walkText } from '../walk-text.ts'
import type { FormatWalker } from '../walker.ts'

/** Bytes of a configuration in YAML: `model.to_yaml()` was there up to Keras 2.5. */
const MAX_BYTES = 2 * 1024 * 1024
/** Values of one document. */
const MAX_VALUES = 1_000_000

/** Old Keras models as YAML. The text is judged as any other too. */
export const kerasYamlWalker: FormatWalker = {
  format: 'keras-yaml',
  recognizes: ({ name, sizeBytes }) => /\.ya?ml$/i.test(name) && sizeBytes <= MAX_BYTES,
  async walk(walk, place) {
    const text = utf8Text(await place.source.read(0, place.source.size, walk.signal))
    if (text === undefined || !/^[\s-]{0,20}class_name\s{0,5}:/m.test(text)) return false
    const { documents } = await readYaml(text)
    const left = { values: MAX_VALUES }
    for (const document of documents) {
      const view = readKeras({ root: nodeOf(document, left, 0), problems: [] })
      if (view === undefined) continue
      const objects = view.objects.map((object) => ({ object, role: kerasRoleOf(walk.policy, object) }))
      applyRules(walk, place, { kind: 'keras', view, objects })
    }
    return walkText(walk, place)
  },
}

const MAX_DEPTH = 100

/** A plain value in the form of parsed JSON. */
function nodeOf(value: unknown, left: { values: number }, depth: number): JsonNode {
  left.values -= 1
  if (typeof value === 'string') return { kind: 'string', text: value, offset: 0 }
  const isDeep = depth > MAX_DEPTH || left.values < 0
  if (isDeep || typeof value !== 'object' || value === null)
    return { kind: 'other', text: String(value), offset: 0 }
  if (Array.isArray(value))
    return { kind: 'array', items: value.map((item) => nodeOf(item, left, depth + 1)), offset: 0 }
  const entries = Object.entries(value).map(([key, inner]) => ({
    key,
    value: nodeOf(inner, left, depth + 1),
  }))
  return { kind: 'object', entries, offset: 0 }
}
