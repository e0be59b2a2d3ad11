import type { Tool } from './identity-of.ts'
import type { SubjectRisk } from './subjects-port.ts'

/** What descriptions of tools say when they speak to the model and not of the tool (tool poisoning, OWASP MCP03; ATLAS AML.T0051.001). */
const SPEAKS_TO_THE_MODEL =
  /<\s*(important|system|secret|instructions?)\s*>|\b(ignore|disregard|forget)\b.{0,40}\b(previous|prior|above|other|all)\b|\bdo not (tell|mention|inform|reveal)\b|\bbefore (using|calling) (this|any)\b.{0,60}\b(read|call|send|pass)\b|\b(always|must) (call|use|pass|include|send)\b.{0,80}\b(this tool|file|key|token|password|contents?)\b|~\/\.(ssh|aws|config|cursor)\b/iu
/** Characters that are there and not seen: tags, zero width, changes of direction. */
const UNSEEN = /[\u{E0000}-\u{E007F}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u

/** What has changed between two tool lists, and which of it has been used to attack. */
export function compareTools(before: readonly Tool[], after: readonly Tool[]) {
  const old = new Map(before.map((tool) => [tool.name, tool]))
  const fresh = new Map(after.map((tool) => [tool.name, tool]))
  const added = after.flatMap(({ name }) => (old.has(name) ? [] : [name]))
  const removed = before.flatMap(({ name }) => (fresh.has(name) ? [] : [name]))
  const changed = after.flatMap((tool) => {
    const was = old.get(tool.name)
    const fields = was === undefined ? [] : fieldsThatDiffer(was, tool)
    return fields.length === 0 ? [] : [{ item: tool.name, fields }]
  })
  return { added, removed, changed, risks: risksOf(added, changed, fresh) }
}

function risksOf(
  added: readonly string[],
  changed: readonly { readonly item: string; readonly fields: readonly string[] }[],
  fresh: ReadonlyMap<string, Tool>,
): readonly SubjectRisk[] {
  const risks: SubjectRisk[] = []
  if (added.length > 0)
    risks.push({ code: 'tool-added', message: `The model can now also call ${sayList(added)}.` })
  for (const { item, fields } of changed) {
    if (fields.includes('description'))
      risks.push({
        code: 'description-changed',
        message: `What "${item}" says of itself has changed after it was known (a rug pull looks like this): read it anew.`,
      })
    const schema = fields.filter((field) => field.startsWith('schema'))
    if (schema.length > 0)
      risks.push({
        code: 'schema-changed',
        message: `"${item}" takes other arguments than before: ${sayList(schema)}.`,
      })
  }
  for (const name of [...added, ...changed.map(({ item }) => item)])
    risks.push(...risksOfTool(fresh.get(name)))
  return risks
}

/** What a tool's texts do that a description has no reason to do. */
export function risksOfTool(tool: Tool | undefined): readonly SubjectRisk[] {
  if (tool === undefined) return []
  const text = JSON.stringify(tool)
  const order = SPEAKS_TO_THE_MODEL.exec(text)?.[0]
  return [
    ...(order === undefined
      ? []
      : [
          {
            code: 'instruction-in-description',
            message: `"${tool.name}" speaks to the model instead of describing itself: "${order.slice(0, 120)}".`,
          },
        ]),
    ...(UNSEEN.test(text)
      ? [
          {
            code: 'unseen-characters',
            message: `"${tool.name}" holds characters that nobody sees and a model reads.`,
          },
        ]
      : []),
  ]
}

/** Paths of what differs, down to the arguments of a schema. */
export function fieldsThatDiffer(before: unknown, after: unknown, path = '', depth = 0): readonly string[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return []
  const [a, b] = [recordOf(before), recordOf(after)]
  // Deep enough for `schema.properties.path.description`; what is below is named by that.
  if (a === undefined || b === undefined || depth === 5) return [path === '' ? 'value' : path]
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key) =>
    fieldsThatDiffer(a[key], b[key], path === '' ? key : `${path}.${key}`, depth + 1),
  )
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined
}

function sayList(names: readonly string[]): string {
  const shown = names.slice(0, 5).map((name) => `"${name}"`)
  return names.length > 5 ? `${shown.join(', ')} and ${names.length - 5} more` : shown.join(', ')
}
