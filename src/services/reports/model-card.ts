import { readModelCard } from '../../formats/model-card/index.ts'

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

/** Claims from the front matter of a README.md (Hugging Face model card) and from config.json; either may be missing or broken. */
export function readClaims(readme: string | undefined, config: string | undefined): ModelClaims {
  const { card } = readModelCard(readme ?? '')
  const settings = jsonOf(config ?? '')
  const one = (name: string, value: string | undefined) =>
    value === undefined ? {} : { [name]: value.slice(0, MAX_CHARACTERS).toWellFormed() }
  return {
    ...one('licence', card.license ?? card.licenseName),
    ...one('task', card.pipelineTag),
    ...one('library', card.libraryName),
    ...one('family', listOf(settings.model_type)[0]),
    ...one('architecture', listOf(settings.architectures)[0]),
    languages: bounded(card.languages),
    datasets: bounded(card.datasets),
    baseModels: bounded(card.baseModels),
    tags: bounded(card.tags),
    metrics: bounded(card.metrics),
  }
}

type Fields = Readonly<Record<string, unknown>>

function jsonOf(text: string): Fields {
  try {
    return fieldsOf(JSON.parse(text))
  } catch {
    return {} // Settings that are no JSON claim nothing; the scan itself says what is wrong with the file.
  }
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}

/** Texts of a field that may be one text or a list of them. */
function listOf(value: unknown): readonly string[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value]
  const texts = values.flatMap((one) => (typeof one === 'string' && one.trim() !== '' ? [one.trim()] : []))
  return bounded([...new Set(texts)])
}

function bounded(texts: readonly string[]): readonly string[] {
  return texts.slice(0, MAX_VALUES).map((text) => text.slice(0, MAX_CHARACTERS).toWellFormed())
}
