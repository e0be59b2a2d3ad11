import { type ScalarTag, stringify } from 'yaml'
import { writeSections } from './card-sections.ts'
import type { CardEmissions, CardEvaluation, CardJson, ModelCard } from './model-card.ts'

type Fields = Readonly<Record<string, CardJson | undefined>>

/** A card as README.md: what is read from it again is the same card. */
export function writeModelCard(card: ModelCard): string {
  const fields = present({
    model_name: card.modelName,
    language: words(card.languages),
    license: card.license,
    license_name: card.licenseName,
    license_link: card.licenseLink,
    library_name: card.libraryName,
    pipeline_tag: card.pipelineTag,
    tags: words(card.tags),
    datasets: words(card.datasets),
    metrics: words(card.metrics),
    base_model: words(card.baseModels),
    base_model_relation: card.baseModelRelation,
    new_version: card.newVersion,
    thumbnail: card.thumbnail,
    co2_eq_emissions: card.emissions === undefined ? undefined : emissionsOf(card.emissions),
    'model-index': card.evaluations.length === 0 ? undefined : indexOf(card.evaluations),
    ...card.extra,
  })
  const yaml =
    Object.keys(fields).length === 0
      ? ''
      : // Quoted also where only YAML 1.1 would read another thing: the hub's `language: no` is Norwegian.
        stringify(fields, {
          lineWidth: 0,
          compat: 'yaml-1.1',
          aliasDuplicateObjects: false,
          customTags: (tags) =>
            tags.map((tag) =>
              typeof tag === 'object' && tag.tag === 'tag:yaml.org,2002:str' && tag.collection === undefined
                ? carefully(tag)
                : tag,
            ),
        })
  const body = writeSections(card.sections)
  return `---\n${yaml}---\n${body === '' ? '' : `\n${body}\n`}`
}

/** Texts without any sign that YAML, Markdown or the reader's own limits know. */
const PLAIN = /^[\p{L}\p{N}_./@+-][\p{L}\p{N} _./@+-]*$/u

/** Texts with signs stand in quotes on one line, and brackets in them as escapes: the reader counts brackets. */
function carefully(tag: ScalarTag): ScalarTag {
  return {
    ...tag,
    stringify: (item, ctx, onComment, onChompKeep) => {
      const text = String(item.value)
      if (!PLAIN.test(text)) return quoted(text)
      return tag.stringify?.(item, ctx, onComment, onChompKeep) ?? quoted(text)
    },
  }
}

function quoted(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[[\]{}\u007f-\u009f\u2028\u2029\ufeff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function words(list: readonly string[]): CardJson | undefined {
  return list.length === 0 ? undefined : list
}

/** Results one after the other, gathered where the same model follows itself. */
function indexOf(evaluations: readonly CardEvaluation[]): CardJson {
  const models: { name: string | undefined; results: CardJson[] }[] = []
  for (const evaluation of evaluations) {
    const last = models.at(-1)
    const results = last !== undefined && last.name === evaluation.model ? last.results : []
    if (results.length === 0) models.push({ name: evaluation.model, results })
    results.push(resultOf(evaluation))
  }
  return models.map((model) => present({ ...model }))
}

function resultOf({ task, dataset, metrics, source }: CardEvaluation): CardJson {
  return present({
    task: task === undefined ? undefined : present({ ...task }),
    dataset: dataset === undefined ? undefined : present({ ...dataset }),
    metrics: metrics.map(({ isVerified, ...metric }) => present({ ...metric, verified: isVerified })),
    source: source === undefined ? undefined : present({ ...source }),
  })
}

function emissionsOf({ grams, source, trainingType, location, hardware }: CardEmissions): CardJson {
  return present({
    emissions: grams,
    source,
    training_type: trainingType,
    geographical_location: location,
    hardware_used: hardware,
  })
}

function present(fields: Fields): { readonly [key: string]: CardJson } {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  )
}
