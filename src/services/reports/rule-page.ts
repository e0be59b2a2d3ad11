import { assessFile, assessRepository, MODEL_RULES } from '../../assessors/model/index.ts'
import { type FileAssessment, type Finding, type Verdict, worstVerdict } from '../../ground/domain/index.ts'
import { sourceOfBytes } from '../../ground/lang/index.ts'
import { hexDump, plainText } from './hex-dump.ts'
import type { RuleFacts } from './rule-facts.ts'

/** Bytes of an example that are shown. */
const MAX_TEXT_BYTES = 2000
const MAX_DUMP_BYTES = 256
const TOKEN = /[A-Za-z0-9_+/=-]{20,}/g

/** One file of an example, as a person sees it. */
export interface ShownFile {
  readonly name: string
  readonly sizeBytes: number
  readonly kind: 'text' | 'hex'
  readonly lines: readonly string[]
}

/** An example of a rule, and what the assessor says of it. */
export interface ShownExample {
  readonly files: readonly ShownFile[]
  readonly verdict: Verdict
  /** What this rule says; empty where it stays silent. */
  readonly says: readonly Finding[]
}

/** Everything about one rule. */
export interface RulePage {
  readonly rule: RuleFacts
  readonly fires: readonly ShownExample[]
  readonly silent: readonly ShownExample[]
}

type ModelRule = (typeof MODEL_RULES)[number]
type Example = ModelRule['examples']['fires'][number]

/** Every rule's metadata, in the order of the assessor. */
export function ruleFacts(): readonly RuleFacts[] {
  return MODEL_RULES.map(({ id, severity, verdict, title, source, taxonomy, why, remedy }) => ({
    ...{ id, severity, verdict, title, source, taxonomy, why, remedy },
  }))
}

/** A rule with its examples, each run through the assessor; `undefined` when no rule has the id. */
export async function rulePage(id: string): Promise<RulePage | undefined> {
  const at = MODEL_RULES.findIndex((rule) => rule.id === id)
  const [rule, facts] = [MODEL_RULES[at], ruleFacts()[at]]
  if (rule === undefined || facts === undefined) return undefined
  const show = (examples: readonly Example[]): Promise<readonly ShownExample[]> =>
    Promise.all(examples.map((example) => showExample(id, example)))
  return { rule: facts, fires: await show(rule.examples.fires), silent: await show(rule.examples.silent) }
}

async function showExample(id: string, example: Example): Promise<ShownExample> {
  const files = [example, ...(example.beside ?? [])]
  const assessed = await assessAll(files)
  const says = assessed.flatMap(({ findings }) => findings).filter(({ ruleId }) => ruleId === id)
  return {
    files: files.map((file) => showFile(file, id, offsetIn(file, says))),
    verdict: worstVerdict(assessed.map(({ verdict }) => verdict)),
    says,
  }
}

/** Where in the file itself the first finding is; its start when it is in a member. */
function offsetIn({ name }: Example, says: readonly Finding[]): number {
  const [said] = says.filter(({ location }) => location.path === name)
  return said?.location.members === undefined ? (said?.location.offset ?? 0) : 0
}

async function assessAll(files: readonly Example[]): Promise<readonly FileAssessment[]> {
  const alone = await Promise.all(files.map(({ name, bytes }) => assessFile(name, sourceOfBytes(bytes))))
  if (files.length === 1) return alone
  const bytesOf = (name: string) => files.find((file) => file.name === name)?.bytes ?? new Uint8Array(0)
  const together = await assessRepository({
    files: files.map(({ name, bytes }) => ({ name, sizeBytes: bytes.length })),
    withFile: (name, use) => use(sourceOfBytes(bytesOf(name))),
  })
  return [...alone, ...together]
}

function showFile({ name, bytes }: Example, id: string, around: number): ShownFile {
  const text = plainText(bytes, MAX_TEXT_BYTES)
  const base = { name, sizeBytes: bytes.length }
  if (text === undefined) return { ...base, kind: 'hex', lines: hexDump(bytes, MAX_DUMP_BYTES, around) }
  return { ...base, kind: 'text', lines: id.startsWith('secret/') ? text.map(maskTokens) : text }
}

/** Invented as they are, whole tokens in a page would set off every scanner of secrets that reads it. */
function maskTokens(line: string): string {
  return line.replace(TOKEN, (token) => `${token.slice(0, 6)}…`)
}
