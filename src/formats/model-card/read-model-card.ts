import { readSections } from './card-sections.ts'
import type { CardEmissions, CardEvaluation, CardJson, ModelCard } from './model-card.ts'
import { readFrontMatter, splitCard } from './read-front-matter.ts'

/** Characters of a card that are read. The longest seen has 400,000. */
const MAX_CARD = 2 * 1024 * 1024
/** Values of one list of words. */
const MAX_WORDS = 1_000

/** A card, and what of its text could not be understood. */
export interface ReadCard {
  readonly card: ModelCard
  readonly problems: readonly string[]
}

type Fields = Readonly<Record<string, CardJson>>

/** Keys whose meaning is known; all others are kept as they stand. */
const KNOWN = new Set([
  'model_name',
  'language',
  'license',
  'license_name',
  'license_link',
  'library_name',
  'pipeline_tag',
  'tags',
  'datasets',
  'metrics',
  'base_model',
  'base_model_relation',
  'new_version',
  'thumbnail',
  'model-index',
  'co2_eq_emissions',
])

/** Reads a README.md with or without front matter. Total: whatever stands there, a card comes of it. */
export function readModelCard(text: string): ReadCard {
  const cut = text.length > MAX_CARD ? [`only the first ${MAX_CARD} characters were read`] : []
  const clean = text
    .slice(0, MAX_CARD)
    .toWellFormed()
    .replace(/^\ufeff/, '')
    .replaceAll('\r\n', '\n')
  const { yaml, body, problems } = splitCard(clean)
  const front = readFrontMatter(yaml ?? '')
  const card: ModelCard = {
    ...cardOf(front.fields),
    extra: Object.fromEntries(Object.entries(front.fields).filter(([key]) => !KNOWN.has(key))),
    sections: readSections(body),
  }
  return { card, problems: [...cut, ...problems, ...front.problems] }
}

function cardOf(fields: Fields): Omit<ModelCard, 'extra' | 'sections'> {
  const emissions = emissionsOf(fields.co2_eq_emissions)
  return {
    ...one('modelName', fields.model_name),
    languages: wordsOf(fields.language),
    ...one('license', fields.license),
    ...one('licenseName', fields.license_name),
    ...one('licenseLink', fields.license_link),
    ...one('libraryName', fields.library_name),
    ...one('pipelineTag', fields.pipeline_tag),
    tags: wordsOf(fields.tags),
    datasets: wordsOf(fields.datasets),
    metrics: wordsOf(fields.metrics),
    baseModels: wordsOf(fields.base_model),
    ...one('baseModelRelation', fields.base_model_relation),
    ...one('newVersion', fields.new_version),
    ...one('thumbnail', fields.thumbnail),
    evaluations: evaluationsOf(fields['model-index']),
    ...(emissions === undefined ? {} : { emissions }),
  }
}

function one<K extends string>(name: K, value: CardJson | undefined): { readonly [key in K]?: string } {
  const [word] = wordsOf(value)
  return word === undefined ? {} : ({ [name]: word } as { readonly [key in K]?: string })
}

/** Words of a field that may be one word or a list of them, each once. */
function wordsOf(value: CardJson | undefined): readonly string[] {
  const values: readonly CardJson[] = Array.isArray(value) ? value : value === undefined ? [] : [value]
  const words = values.flatMap((one) => {
    const word = typeof one === 'object' ? '' : String(one).trim()
    return word === '' ? [] : [word]
  })
  return [...new Set(words)].slice(0, MAX_WORDS)
}

function evaluationsOf(index: CardJson | undefined): readonly CardEvaluation[] {
  return listOf(index).flatMap((model) => {
    const fields = fieldsOf(model)
    return listOf(fields.results).map((result) => evaluationOf(fieldsOf(result), fields.name))
  })
}

function evaluationOf(result: Fields, name: CardJson | undefined): CardEvaluation {
  const task = fieldsOf(result.task)
  const dataset = fieldsOf(result.dataset)
  const source = fieldsOf(result.source)
  return {
    ...one('model', name),
    ...group('task', { ...one('type', task.type), ...one('name', task.name) }),
    ...group('dataset', {
      ...one('type', dataset.type),
      ...one('name', dataset.name),
      ...one('config', dataset.config),
      ...one('split', dataset.split),
      ...one('revision', dataset.revision),
    }),
    metrics: listOf(result.metrics).flatMap((metric) => {
      const fields = fieldsOf(metric)
      const [type] = wordsOf(fields.type)
      if (type === undefined || fields.value === undefined) return []
      return [
        {
          type,
          ...one('name', fields.name),
          value: fields.value,
          ...one('config', fields.config),
          ...(typeof fields.verified === 'boolean' ? { isVerified: fields.verified } : {}),
        },
      ]
    }),
    ...group('source', { ...one('name', source.name), ...one('url', source.url) }),
  }
}

function group<K extends string, T extends object>(name: K, members: T): { readonly [key in K]?: T } {
  return Object.keys(members).length === 0 ? {} : ({ [name]: members } as { readonly [key in K]?: T })
}

function emissionsOf(value: CardJson | undefined): CardEmissions | undefined {
  if (typeof value === 'number') return { grams: value }
  const fields = fieldsOf(value)
  const grams = typeof fields.emissions === 'string' ? Number(fields.emissions) : fields.emissions
  if (typeof grams !== 'number' || !Number.isFinite(grams)) return undefined
  return {
    grams: grams + 0,
    ...one('source', fields.source),
    ...one('trainingType', fields.training_type),
    ...one('location', fields.geographical_location),
    ...one('hardware', fields.hardware_used),
  }
}

function listOf(value: CardJson | undefined): readonly CardJson[] {
  return Array.isArray(value) ? value : []
}

function fieldsOf(value: CardJson | undefined): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
}
