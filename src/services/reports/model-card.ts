import { parseDocument } from 'yaml'

/** What a model's own papers say of it: claims, not findings. Every text is bounded. */
export interface ModelClaims {
  readonly licence?: string
  readonly task?: string
  readonly library?: string
  readonly family?: string
  readonly architecture?: string
  readonly languages: readonly string[]
  readonly datasets: readonly string[]
  readonly baseModels: readonly string[]
  readonly tags: readonly string[]
  readonly metrics: readonly string[]
}

/** Values of one list, and characters of one value. */
const MAX_VALUES = 50
const MAX_CHARACTERS = 200
/** Characters of front matter that are parsed. The longest seen, with evaluation results, has 90,000. */
const MAX_FRONT_MATTER = 256 * 1024

/** Claims from the front matter of a README.md (Hugging Face model card) and from config.json; either may be missing or broken. */
export function readClaims(readme: string | undefined, config: string | undefined): ModelClaims {
  const card = frontMatterOf(readme ?? '')
  const settings = jsonOf(config ?? '')
  const one = (name: string, value: string | undefined) => (value === undefined ? {} : { [name]: value })
  return {
    ...one('licence', listOf(card.license)[0] ?? listOf(card.license_name)[0]),
    ...one('task', listOf(card.pipeline_tag)[0]),
    ...one('library', listOf(card.library_name)[0]),
    ...one('family', listOf(settings.model_type)[0]),
    ...one('architecture', listOf(settings.architectures)[0]),
    languages: listOf(card.language),
    datasets: listOf(card.datasets),
    baseModels: listOf(card.base_model),
    tags: listOf(card.tags),
    metrics: listOf(card.metrics),
  }
}

type Fields = Readonly<Record<string, unknown>>

function frontMatterOf(readme: string): Fields {
  const text = readme.replace(/^\ufeff/, '').replaceAll('\r\n', '\n')
  if (!text.startsWith('---\n')) return {}
  const end = text.indexOf('\n---', 3)
  if (end < 0 || end > MAX_FRONT_MATTER) return {}
  try {
    const document = parseDocument(text.slice(4, end + 1), { stringKeys: true, logLevel: 'silent' })
    return document.errors.length > 0 ? {} : fieldsOf(document.toJS({ maxAliasCount: 0 }))
  } catch {
    return {} // A card that is no YAML claims nothing; the scan itself says what is wrong with the file.
  }
}

function jsonOf(text: string): Fields {
  try {
    return fieldsOf(JSON.parse(text))
  } catch {
    return {} // As above.
  }
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}

/** Texts of a field that may be one text or a list of them. */
function listOf(value: unknown): readonly string[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value]
  const texts = values.flatMap((one) => (typeof one === 'string' && one.trim() !== '' ? [one.trim()] : []))
  return [...new Set(texts)].slice(0, MAX_VALUES).map((text) => text.slice(0, MAX_CHARACTERS).toWellFormed())
}
